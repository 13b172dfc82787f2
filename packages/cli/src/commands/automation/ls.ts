import { listAutomations } from '../../find/automation.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { AUTOMATION_COLUMNS } from '../../render/automation-columns.ts';
import { printList } from '../../render/print.ts';

export const command = defineCommand({
  options: { output },
  examples: ['sluice automation ls'],
  run: ({ options, globals }) => withClient(globals, async (client) => printList(await listAutomations(client), AUTOMATION_COLUMNS, options.output)),
});
