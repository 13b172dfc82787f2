import { expectChange } from '../../change/expect-change.ts';
import { clearLimit, limitChange } from '../../change/limit-change.ts';
import { changeWorkQueue, queueName } from '../../change/work-queue.ts';
import { poolOption } from '../../find/work-queue.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output, text, whole } from '../../program/options.ts';
import { ofZero } from '../../render/of-zero.ts';

export const command = defineCommand({
  arguments: { name: queueName },
  options: {
    pool: poolOption,
    priority: whole('-q, --priority <number>', 'Its place in the order: the queue with the lowest number is served first', undefined),
    description: text('--description <text>', 'What it is for'),
    limit: whole('-l, --limit <number>', 'Runs of it that can be active at once', undefined, { min: 0 }),
    clearLimit,
    output,
  },
  examples: ['sluice work-queue update urgent --pool default-pool --priority 1'],
  run: async ({ args: { name }, options: { priority, description, limit, clearLimit: clear, ...options }, globals }) => {
    const body = expectChange({ priority, description, concurrency_limit: limitChange(limit, clear) }, '--priority 1');
    await changeWorkQueue(globals, { name, ...options, body, done: (queue) => `Changed ${queue}.${ofZero(limit ?? 1, 'Its runs')}` });
  },
});
