import { listGlobalLimits } from '../../find/global-limit.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { GLOBAL_LIMIT_COLUMNS } from '../../render/global-limit-columns.ts';
import { printList } from '../../render/print.ts';

export const command = defineCommand({
  options: { output },
  examples: ['sluice global-concurrency-limit ls', 'sluice gcl ls -o json'],
  run: ({ options, globals }) =>
    withClient(globals, async (client) => printList(await listGlobalLimits(client), GLOBAL_LIMIT_COLUMNS, options.output)),
});
