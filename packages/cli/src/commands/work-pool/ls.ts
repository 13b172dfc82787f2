import { listWorkPools } from '../../find/work-pool.ts';
import { defineCommand } from '../../program/define-command.ts';
import { flag, output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { FULL_POOL_COLUMNS, POOL_COLUMNS } from '../../render/place-columns.ts';
import { printList } from '../../render/print.ts';

export const command = defineCommand({
  options: { verbose: flag('-v, --verbose', 'With descriptions and base job templates'), output },
  examples: ['sluice work-pool ls', 'sluice work-pool ls -o jsonl'],
  run: ({ options: { verbose, output: format }, globals }) =>
    withClient(globals, async (client) => printList(await listWorkPools(client), verbose ? FULL_POOL_COLUMNS : POOL_COLUMNS, format)),
});
