import type { RouteInput } from '@sluice/core/api/routes';
import { readWorkQueue, withWorkQueue } from '../find/work-queue.ts';
import { argument, type Globals } from '../program/define-command.ts';
import type { Format } from '../program/options.ts';
import { withClient } from '../program/with-client.ts';
import { reportChange } from './report-change.ts';

/** The argument of all commands that change a work queue. */
export const queueName = argument('<name>', 'The work queue');

interface Change {
  readonly name: string;
  /** The pool that was typed. */
  readonly pool: string | undefined;
  readonly output: Format | undefined;
  readonly body: RouteInput<'PATCH /work_pools/{name}/queues/{queue}'>['body'];
  /** What was done; `queue` is the queue with its pool, in words. */
  done(queue: string): string;
}

/** Changes a work queue and says what it is now. */
export const changeWorkQueue = (globals: Globals, { name, pool: typed, output, body, done }: Change): Promise<void> =>
  withClient(globals, async (client, { work_pool }) => {
    const pool = typed ?? work_pool;
    const params = { name: pool, queue: name };
    await withWorkQueue(client, pool, name, client.request('PATCH /work_pools/{name}/queues/{queue}', { params, body }));
    await reportChange(output, done(`work queue "${name}" of work pool "${pool}"`), () => readWorkQueue(client, pool, name));
  });
