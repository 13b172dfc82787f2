import { defineCommand } from '../../define-command.ts';
import { listWorkPools } from '../../find/work-pool.ts';
import { output } from '../../options.ts';
import { POOL_COLUMNS } from '../../render/place-columns.ts';
import { printList } from '../../render/print.ts';
import { withClient } from '../../with-client.ts';

export const command = defineCommand({
  options: { output },
  examples: ['sluice work-pool ls', 'sluice work-pool ls -o jsonl'],
  run: ({ options, globals }) => withClient(globals, async (client) => printList(await listWorkPools(client), POOL_COLUMNS, options.output)),
});
