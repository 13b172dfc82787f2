import type { Deployment } from '@sluice/core/model/deployment';
import { readDeployment } from '../../find/deployment.ts';
import { flowNames } from '../../find/flow-names.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { type Column, column, instantColumn } from '../../render/column.ts';
import { printRecord } from '../../render/print.ts';

const fields = (flow: string | undefined): readonly Column<Deployment>[] => [
  column('Name', ({ name }) => `${flow}/${name}`),
  column('Description', ({ description }) => description),
  column('Work pool', ({ work_pool_name }) => work_pool_name),
  column('Work queue', ({ work_queue_name }) => work_queue_name),
  column('Paused', ({ paused }) => paused),
  column('Runs at once', ({ concurrency_limit }) => concurrency_limit),
  column('Path', ({ path }) => path),
  column('Entrypoint', ({ entrypoint }) => entrypoint),
  column('Version', ({ version }) => version),
  column('Bundle', ({ bundle }) => bundle?.slice(0, 12)),
  column('Parameters', ({ parameters }) => JSON.stringify(parameters)),
  column('Takes', ({ parameter_openapi_schema }) => JSON.stringify(parameter_openapi_schema?.['properties'] ?? {})),
  column('Job variables', ({ job_variables }) => JSON.stringify(job_variables)),
  column('Tags', ({ tags }) => tags.join(', ')),
  instantColumn('Updated', ({ updated }) => updated),
  column('ID', ({ id }) => id),
];

export const command = defineCommand({
  arguments: { name: argument('<flow/deployment>', 'The deployment') },
  options: { output },
  examples: ['sluice deployment inspect main-etl-job/main-etl-deployment'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => {
      const deployment = await readDeployment(client, args.name);
      const flows = await flowNames(client, [deployment]);
      await printRecord(deployment, fields(flows.get(deployment.flow_id)), options.output);
    }),
});
