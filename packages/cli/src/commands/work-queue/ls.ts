import { listWorkPools } from '../../find/work-pool.ts';
import { listWorkQueues } from '../../find/work-queue.ts';
import { defineCommand } from '../../program/define-command.ts';
import { flag, output, text } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { FULL_QUEUE_COLUMNS, QUEUE_COLUMNS } from '../../render/place-columns.ts';
import { printList } from '../../render/print.ts';

export const command = defineCommand({
  options: {
    pool: text('-p, --pool <name>', 'Only queues of this work pool'),
    match: text('-m, --match <text>', 'Only queues whose names start with this'),
    verbose: flag('-v, --verbose', 'With descriptions'),
    output,
  },
  examples: ['sluice work-queue ls', 'sluice work-queue ls --pool default-pool -o json'],
  run: ({ options, globals }) =>
    withClient(globals, async (client) => {
      const pools = options.pool === undefined ? (await listWorkPools(client)).map(({ name }) => name) : [options.pool];
      const queues = await Promise.all(pools.map((pool) => listWorkQueues(client, pool)));
      const { match = '' } = options;
      const shown = queues.flat().filter(({ name }) => name.startsWith(match));
      await printList(shown, options.verbose ? FULL_QUEUE_COLUMNS : QUEUE_COLUMNS, options.output);
    }),
});
