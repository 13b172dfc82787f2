import { changeDeployment, deploymentName } from '../../change/deployment.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';

export const command = defineCommand({
  arguments: { name: deploymentName },
  options: { output },
  examples: ['sluice deployment pause main-etl-job/main-etl-deployment'],
  run: ({ args, options, globals }) =>
    changeDeployment(globals, {
      ...args,
      ...options,
      body: { paused: true },
      done: (name) => `Paused deployment "${name}": runs that have not started wait, and running ones go on.`,
    }),
});
