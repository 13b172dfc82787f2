import { automationId, automationName, findAutomation } from '../find/automation.ts';
import { defineCommand } from '../program/define-command.ts';
import { output } from '../program/options.ts';
import { withClient } from '../program/with-client.ts';
import { reportChange } from './report-change.ts';

/** The commands that switch an automation on and off. */
export function switchAutomation(enabled: boolean) {
  const verb = enabled ? 'resume' : 'pause';
  return defineCommand({
    arguments: { name: automationName },
    options: { id: automationId, output },
    examples: [`sluice automation ${verb} tell-me`],
    run: ({ args, options: { id, output: format }, globals }) =>
      withClient(globals, async (client) => {
        const automation = await findAutomation(client, { name: args.name, id });
        const params = { id: automation.id };
        await client.request('PATCH /automations/{id}', { params, body: { enabled } });
        const done = `${enabled ? 'Resumed' : 'Paused'} automation "${automation.name}".`;
        await reportChange(format, done, () => client.request('GET /automations/{id}', { params }));
      }),
  });
}
