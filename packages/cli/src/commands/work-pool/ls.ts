import { listWorkPools } from '../../find/work-pool.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { POOL_COLUMNS } from '../../render/place-columns.ts';
import { printList } from '../../render/print.ts';

export const command = defineCommand({
  options: { output },
  examples: ['sluice work-pool ls', 'sluice work-pool ls -o jsonl'],
  run: ({ options, globals }) => withClient(globals, async (client) => printList(await listWorkPools(client), POOL_COLUMNS, options.output)),
});
