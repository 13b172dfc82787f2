import { SluiceError } from '@sluice/core/errors/sluice-error';
import { changeDeployment, deploymentName } from '../../change/deployment.ts';
import { expectChange } from '../../change/expect-change.ts';
import { clearLimit, limitChange } from '../../change/limit-change.ts';
import { defineCommand } from '../../program/define-command.ts';
import { flag, list, output, text, whole } from '../../program/options.ts';

export const command = defineCommand({
  arguments: { name: deploymentName },
  options: {
    description: text('--description <text>', 'What it is for'),
    queue: text('--work-queue <name>', 'The queue of its pool in which its new runs stand'),
    tags: list('--tag <tag>', 'A tag of it, in place of those that it has; can be given more than once'),
    clearTags: flag('--clear-tags', 'Leave it without tags'),
    limit: whole('--concurrency-limit <number>', 'Runs of it that can be active at once', undefined),
    clearLimit,
    output,
  },
  examples: [
    'sluice deployment update nightly/nightly --work-queue urgent',
    'sluice deployment update nightly/nightly --description "Loads all tables"',
    'sluice deployment update nightly/nightly --tag nightly --tag etl --clear-concurrency-limit',
  ],
  run: async ({ args, options: { description, queue, tags, clearTags, limit, clearLimit: clear, output: format }, globals }) => {
    if (clearTags && tags.length > 0) throw new SluiceError('USAGE', 'Tags are set or cleared, not both.', { hint: 'Leave one of the two out.' });
    const newTags = clearTags || tags.length > 0 ? [...tags] : undefined;
    const changes = { description, work_queue_name: queue, tags: newTags, concurrency_limit: limitChange(limit, clear) };
    const body = expectChange(changes, '--description "Loads all tables"');
    await changeDeployment(globals, { ...args, output: format, body, done: (name) => `Changed deployment "${name}".` });
  },
});
