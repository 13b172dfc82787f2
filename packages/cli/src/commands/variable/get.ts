import { findVariable } from '../../find/variable.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { say } from '../../render/message.ts';
import { isJson, printRecord } from '../../render/print.ts';
import { valueText } from '../../render/variable-columns.ts';

export const command = defineCommand({
  arguments: { name: argument('<name>', 'The name of the variable') },
  options: { output },
  examples: ['sluice variable get region'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => {
      const variable = await findVariable(client, args.name);
      if (isJson(options.output)) return printRecord(variable, [], options.output);
      say(valueText(variable.value));
    }),
});
