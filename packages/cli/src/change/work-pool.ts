import type { RouteInput } from '@sluice/core/api/routes';
import { readWorkPool, withWorkPool } from '../find/work-pool.ts';
import { argument, type Globals } from '../program/define-command.ts';
import type { Format } from '../program/options.ts';
import { withClient } from '../program/with-client.ts';
import { reportChange } from './report-change.ts';

/** The argument of all commands that change a work pool. */
export const poolName = argument('<name>', 'The work pool');

interface Change {
  readonly name: string;
  readonly output: Format | undefined;
  readonly body: RouteInput<'PATCH /work_pools/{name}'>['body'];
  readonly done: string;
}

/** Changes a work pool and says what it is now. */
export const changeWorkPool = (globals: Globals, { name, output, body, done }: Change): Promise<void> =>
  withClient(globals, async (client) => {
    await withWorkPool(client, name, client.request('PATCH /work_pools/{name}', { params: { name }, body }));
    await reportChange(output, done, () => readWorkPool(client, name));
  });
