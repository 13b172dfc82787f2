import { listDeployments, type NamedDeployment } from '../../find/deployment.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { column, instantColumn } from '../../render/column.ts';
import { isJson, printList } from '../../render/print.ts';

const COLUMNS = [
  column<NamedDeployment>('Name', ({ name }) => name),
  column<NamedDeployment>('Work pool', ({ deployment }) => deployment.work_pool_name),
  column<NamedDeployment>('Entrypoint', ({ deployment }) => deployment.entrypoint),
  column<NamedDeployment>('Version', ({ deployment }) => deployment.version),
  instantColumn<NamedDeployment>('Updated', ({ deployment }) => deployment.updated),
  column<NamedDeployment>('ID', ({ deployment }) => deployment.id),
];

export const command = defineCommand({
  options: { output },
  examples: ['sluice deployment ls', 'sluice deployment ls -o json'],
  run: ({ options, globals }) =>
    withClient(globals, async (client) => {
      const deployments = await listDeployments(client);
      if (!isJson(options.output)) return printList(deployments, COLUMNS, options.output);
      await printList(
        deployments.map(({ deployment }) => deployment),
        [],
        options.output,
      );
    }),
});
