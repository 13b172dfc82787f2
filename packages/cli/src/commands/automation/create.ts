import { automationSource, readAutomations } from '../../change/automation-body.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { say } from '../../render/message.ts';
import { isJson, printList } from '../../render/print.ts';

export const command = defineCommand({
  options: { ...automationSource, output },
  examples: ['sluice automation create --from-file automation.yaml'],
  run: async ({ options: { output: format, ...source }, globals }) => {
    const wanted = await readAutomations(source);
    return withClient(globals, async (client) => {
      const made = [];
      for (const body of wanted) {
        const automation = await client.request('POST /automations/', { body: body as never });
        made.push(automation);
        if (!isJson(format)) say(`Created automation "${automation.name}" (${automation.id}).`);
      }
      if (isJson(format)) await printList(made, [], format);
    });
  },
});
