import { defineCommand } from '../../define-command.ts';
import { listWorkPools } from '../../find/work-pool.ts';
import { listWorkQueues } from '../../find/work-queue.ts';
import { output, text } from '../../options.ts';
import { QUEUE_COLUMNS } from '../../render/place-columns.ts';
import { printList } from '../../render/print.ts';
import { withClient } from '../../with-client.ts';

export const command = defineCommand({
  options: { pool: text('-p, --pool <name>', 'Only queues of this work pool'), output },
  examples: ['sluice work-queue ls', 'sluice work-queue ls --pool default-pool -o json'],
  run: ({ options, globals }) =>
    withClient(globals, async (client) => {
      const pools = options.pool === undefined ? (await listWorkPools(client)).map(({ name }) => name) : [options.pool];
      const queues = await Promise.all(pools.map((pool) => listWorkQueues(client, pool)));
      await printList(queues.flat(), QUEUE_COLUMNS, options.output);
    }),
});
