import { changeWorkQueue, queueName } from '../../change/work-queue.ts';
import { poolOption } from '../../find/work-queue.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { expectWhole, output } from '../../program/options.ts';
import { ofZero } from '../../render/of-zero.ts';

export const command = defineCommand({
  arguments: { name: queueName, limit: argument('<limit>', 'Runs that can be active at once') },
  options: { pool: poolOption, output },
  examples: ['sluice work-queue set-concurrency-limit bulk 2 --pool default-pool'],
  run: ({ args: { name, limit }, options, globals }) => {
    const concurrency_limit = expectWhole('limit', limit, { min: 0 });
    const done = (queue: string) => `Set the concurrency limit of ${queue} to ${concurrency_limit}.${ofZero(concurrency_limit, 'Its runs')}`;
    return changeWorkQueue(globals, { name, ...options, body: { concurrency_limit }, done });
  },
});
