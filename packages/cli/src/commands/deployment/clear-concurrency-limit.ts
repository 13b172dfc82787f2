import { changeDeployment, deploymentName } from '../../change/deployment.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';

export const command = defineCommand({
  arguments: { name: deploymentName },
  options: { output },
  examples: ['sluice deployment clear-concurrency-limit process-table-etl/process-table-etl-deployment'],
  run: ({ args, options, globals }) =>
    changeDeployment(globals, {
      ...args,
      ...options,
      body: { concurrency_limit: null },
      done: (name) => `Deployment "${name}" has no concurrency limit any more.`,
    }),
});
