import { automationId, automationName, findAutomation } from '../../find/automation.ts';
import { defineCommand } from '../../program/define-command.ts';
import { flag, output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { AUTOMATION_FIELDS } from '../../render/automation-columns.ts';
import { printRecord } from '../../render/print.ts';

export const command = defineCommand({
  arguments: { name: automationName },
  options: {
    id: automationId,
    yaml: flag('--yaml', 'As YAML, which sluice automation create reads'),
    json: flag('--json', 'As JSON, as -o json'),
    output,
  },
  examples: ['sluice automation inspect tell-me', 'sluice automation inspect tell-me --yaml > tell-me.yaml'],
  run: ({ args, options: { id, yaml, json, output: format }, globals }) =>
    withClient(globals, async (client) => {
      const automation = await findAutomation(client, { name: args.name, id });
      if (yaml) {
        const { stringify } = await import('yaml');
        return void process.stdout.write(stringify(automation));
      }
      await printRecord(automation, AUTOMATION_FIELDS, json ? 'json' : format);
    }),
});
