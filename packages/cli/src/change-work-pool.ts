import type { RouteInput } from '@sluice/core/api/routes';
import { argument, type Globals } from './define-command.ts';
import { withWorkPool } from './find/work-pool.ts';
import { say } from './render/message.ts';
import { withClient } from './with-client.ts';

/** The argument of all commands that change a work pool. */
export const poolName = argument('<name>', 'The work pool');

/** Changes a work pool and says what it is now. */
export const changeWorkPool = (globals: Globals, name: string, body: RouteInput<'PATCH /work_pools/{name}'>['body'], done: string): Promise<void> =>
  withClient(globals, async (client) => {
    await withWorkPool(client, name, client.request('PATCH /work_pools/{name}', { params: { name }, body }));
    say(done);
  });
