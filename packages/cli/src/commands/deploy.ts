import { defineCommand } from '../program/define-command.ts';
import { output, text } from '../program/options.ts';
import { withClient } from '../program/with-client.ts';
import { say } from '../render/message.ts';
import { isJson, printList } from '../render/print.ts';

export const command = defineCommand({
  options: {
    config: text('--config <file>', 'The configuration; when left out, the nearest sluice.config.ts: here, in the folder flows, or above'),
    pool: text('-p, --pool <name>', 'Work pool of deployments that name none; the setting SLUICE_WORK_POOL when left out'),
    output,
  },
  examples: ['sluice deploy', 'sluice deploy --config flows/sluice.config.ts --pool etl-pool'],
  run: ({ options, globals }) =>
    withClient(globals, async (client, settings) => {
      const { deployProject } = await import('../project/deploy-project.ts');
      const project = { root: process.cwd(), config: options.config, pool: options.pool ?? settings.work_pool };
      const json = isJson(options.output);
      const deployed = await deployProject(client, project, json ? () => {} : say);
      if (json) await printList(deployed, [], options.output);
    }),
});
