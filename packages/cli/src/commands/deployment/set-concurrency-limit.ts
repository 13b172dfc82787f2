import { changeDeployment, deploymentName } from '../../change/deployment.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { expectWhole, output } from '../../program/options.ts';

export const command = defineCommand({
  arguments: { name: deploymentName, limit: argument('<limit>', 'Runs of it that can be active at once') },
  options: { output },
  examples: ['sluice deployment set-concurrency-limit process-table-etl/process-table-etl-deployment 5'],
  run: ({ args, options, globals }) => {
    const concurrency_limit = expectWhole('limit', args.limit, { min: 1 });
    return changeDeployment(globals, {
      name: args.name,
      ...options,
      body: { concurrency_limit },
      done: (name) => `Set the concurrency limit of deployment "${name}" to ${concurrency_limit}.`,
    });
  },
});
