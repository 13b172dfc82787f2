import { defineCommand } from '../../program/define-command.ts';
import { withClient } from '../../program/with-client.ts';
import { showPage } from '../../render/show-page.ts';

export const command = defineCommand({
  examples: ['sluice dashboard open'],
  run: ({ globals }) => withClient(globals, (client) => showPage(client, '')),
});
