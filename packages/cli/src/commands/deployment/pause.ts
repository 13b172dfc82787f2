import { deploymentName, switchDeployment } from '../../change/deployment.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';

export const command = defineCommand({
  arguments: { name: deploymentName },
  options: { output },
  examples: ['sluice deployment pause main-etl-job/main-etl-deployment'],
  run: ({ args, options, globals }) =>
    switchDeployment(globals, {
      ...args,
      ...options,
      route: 'POST /deployments/{id}/pause_deployment',
      done: (name) => `Paused deployment "${name}": runs that its schedules have made are deleted, others wait, and running ones go on.`,
    }),
});
