import { findVariable } from '../../find/variable.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { printRecord } from '../../render/print.ts';
import { VARIABLE_COLUMNS } from '../../render/variable-columns.ts';

export const command = defineCommand({
  arguments: { name: argument('<name>', 'The name of the variable') },
  options: { output },
  examples: ['sluice variable inspect region'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => printRecord(await findVariable(client, args.name), VARIABLE_COLUMNS, options.output)),
});
