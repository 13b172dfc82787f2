import { automationId, automationName, findAutomation } from '../../find/automation.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { AUTOMATION_FIELDS } from '../../render/automation-columns.ts';
import { printRecord } from '../../render/print.ts';

export const command = defineCommand({
  arguments: { name: automationName },
  options: { id: automationId, output },
  examples: ['sluice automation inspect tell-me', 'sluice automation inspect tell-me -o json'],
  run: ({ args, options: { id, output: format }, globals }) =>
    withClient(globals, async (client) => printRecord(await findAutomation(client, { name: args.name, id }), AUTOMATION_FIELDS, format)),
});
