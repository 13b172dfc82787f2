import { SluiceError } from '@sluice/core/errors/sluice-error';
import { deleteRecords, yes } from '../../change/delete-records.ts';
import { automationId, automationName, findAutomation, listAutomations } from '../../find/automation.ts';
import { defineCommand } from '../../program/define-command.ts';
import { flag, output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';

export const command = defineCommand({
  arguments: { name: automationName },
  options: { id: automationId, all: flag('--all', 'Delete all automations'), yes, output },
  examples: ['sluice automation delete tell-me', 'sluice automation delete --all'],
  run: ({ args: { name }, options: { id, all, ...options }, globals }) =>
    withClient(globals, async (client) => {
      if (all && (name ?? id) !== undefined) {
        throw new SluiceError('USAGE', 'Give either one automation or --all.', { hint: 'sluice automation delete --help shows how.' });
      }
      await deleteRecords({
        records: all ? await listAutomations(client) : [await findAutomation(client, { name, id })],
        options,
        name: (automation) => `automation "${automation.name}"`,
        remove: (automation) => client.request('DELETE /automations/{id}', { params: { id: automation.id } }),
      });
    }),
});
