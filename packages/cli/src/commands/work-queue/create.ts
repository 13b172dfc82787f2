import { reportChange } from '../../change/report-change.ts';
import { withWorkPool } from '../../find/work-pool.ts';
import { poolOption } from '../../find/work-queue.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { flag, output, text, whole } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { ofZero } from '../../render/of-zero.ts';

export const command = defineCommand({
  arguments: { name: argument('<name>', 'Name of the work queue') },
  options: {
    pool: poolOption,
    limit: whole('-l, --limit <number>', 'Runs of it that can be active at once', undefined, { min: 0 }),
    priority: whole('-q, --priority <number>', 'Its place in the order: the queue with the lowest number is served first', undefined),
    description: text('--description <text>', 'What it is for'),
    paused: flag('--paused', 'Keep its runs from starting until it is resumed'),
    output,
  },
  examples: ['sluice work-queue create urgent --pool default-pool --priority 1', 'sluice work-queue create bulk --limit 2'],
  run: ({ args: { name }, options: { limit, priority, description, paused, ...options }, globals }) =>
    withClient(globals, async (client, settings) => {
      const pool = options.pool ?? settings.work_pool;
      const body = {
        name,
        is_paused: paused,
        description,
        ...(limit !== undefined && { concurrency_limit: limit }),
        ...(priority !== undefined && { priority }),
      };
      const queue = await withWorkPool(client, pool, client.request('POST /work_pools/{name}/queues', { params: { name: pool }, body }));
      const done = `Created work queue "${name}" of work pool "${pool}" (priority ${queue.priority}).${ofZero(limit ?? 1, 'Its runs')}`;
      await reportChange(options.output, done, async () => queue);
    }),
});
