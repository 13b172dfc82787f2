import type { RouteInput } from '@sluice/core/api/routes';
import { readGlobalLimit } from '../find/global-limit.ts';
import { argument, type Globals } from '../program/define-command.ts';
import type { Format } from '../program/options.ts';
import { withClient } from '../program/with-client.ts';
import { reportChange } from './report-change.ts';

/** The argument of all commands that change a global concurrency limit. */
export const limitName = argument('<name>', 'The limit, by name or id');

interface Change {
  readonly name: string;
  readonly output: Format | undefined;
  readonly body: RouteInput<'PATCH /v2/concurrency_limits/{id_or_name}'>['body'];
  /** What was done, with the limit's name. */
  done(name: string): string;
}

/** Changes a global concurrency limit and says what it is now. */
export const changeGlobalLimit = (globals: Globals, { name: ref, output, body, done }: Change): Promise<void> =>
  withClient(globals, async (client) => {
    const { id, name } = await readGlobalLimit(client, ref);
    await client.request('PATCH /v2/concurrency_limits/{id_or_name}', { params: { id_or_name: id }, body });
    await reportChange(output, done(name), () => readGlobalLimit(client, id));
  });
