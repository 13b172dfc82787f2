import { changeWorkQueue, queueName } from '../../change/work-queue.ts';
import { poolOption } from '../../find/work-queue.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';

export const command = defineCommand({
  arguments: { name: queueName },
  options: { pool: poolOption, output },
  examples: ['sluice work-queue clear-concurrency-limit bulk --pool default-pool'],
  run: ({ args, options, globals }) =>
    changeWorkQueue(globals, {
      ...args,
      ...options,
      body: { concurrency_limit: null },
      done: (queue) => `The ${queue} has no concurrency limit any more.`,
    }),
});
