import { changeDeployment, deploymentName } from '../../change/deployment.ts';
import { expectChange } from '../../change/expect-change.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output, text } from '../../program/options.ts';

export const command = defineCommand({
  arguments: { name: deploymentName },
  options: {
    description: text('--description <text>', 'What it is for'),
    queue: text('--work-queue <name>', 'The queue of its pool in which its new runs stand'),
    output,
  },
  examples: [
    'sluice deployment update nightly/nightly --work-queue urgent',
    'sluice deployment update nightly/nightly --description "Loads all tables"',
  ],
  run: async ({ args, options: { description, queue, output: format }, globals }) => {
    const body = expectChange({ description, work_queue_name: queue }, '--description "Loads all tables"');
    await changeDeployment(globals, { ...args, output: format, body, done: (name) => `Changed deployment "${name}".` });
  },
});
