import { deploymentName, switchDeployment } from '../../change/deployment.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';

export const command = defineCommand({
  arguments: { name: deploymentName },
  options: { output },
  examples: ['sluice deployment resume main-etl-job/main-etl-deployment'],
  run: ({ args, options, globals }) =>
    switchDeployment(globals, {
      ...args,
      ...options,
      route: 'POST /deployments/{id}/resume_deployment',
      done: (name) => `Resumed deployment "${name}".`,
    }),
});
