import { SluiceError } from '@sluice/core/errors/sluice-error';
import { automationSource, readAutomations } from '../../change/automation-body.ts';
import { reportChange } from '../../change/report-change.ts';
import { automationId, automationName, findAutomation } from '../../find/automation.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';

export const command = defineCommand({
  arguments: { name: automationName },
  options: { id: automationId, ...automationSource, output },
  examples: ['sluice automation update tell-me --from-file automation.yaml'],
  run: async ({ args, options: { id, output: format, ...source }, globals }) => {
    const [body, ...others] = await readAutomations(source);
    if (others.length > 0)
      throw new SluiceError('USAGE', 'Only one automation can be updated at a time.', { hint: 'Give the one that it is to become.' });
    return withClient(globals, async (client) => {
      const automation = await findAutomation(client, { name: args.name, id });
      const params = { id: automation.id };
      await client.request('PUT /automations/{id}', { params, body: body as never });
      await reportChange(format, `Updated automation "${automation.name}".`, () => client.request('GET /automations/{id}', { params }));
    });
  },
});
