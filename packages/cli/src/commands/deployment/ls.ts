import { listDeployments, type NamedDeployment } from '../../find/deployment.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { flag, output } from '../../program/options.ts';
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
  arguments: { flows: argument('[flow...]', 'Only those of these flows') },
  options: { byCreated: flag('--by-created', 'The newest first, not by their names'), output },
  examples: ['sluice deployment ls', 'sluice deployment ls nightly-load', 'sluice deployment ls -o json'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => {
      const all = await listDeployments(client, options.byCreated ? 'CREATED_DESC' : 'NAME_ASC');
      const deployments = args.flows.length === 0 ? all : all.filter(({ name }) => args.flows.includes(name.slice(0, name.indexOf('/'))));
      if (!isJson(options.output)) return printList(deployments, COLUMNS, options.output);
      await printList(
        deployments.map(({ deployment }) => deployment),
        [],
        options.output,
      );
    }),
});
