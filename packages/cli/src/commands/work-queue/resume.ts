import { changeWorkQueue, queueName } from '../../change/work-queue.ts';
import { defineCommand } from '../../define-command.ts';
import { poolOption } from '../../find/work-queue.ts';
import { output } from '../../options.ts';

export const command = defineCommand({
  arguments: { name: queueName },
  options: { pool: poolOption, output },
  examples: ['sluice work-queue resume bulk --pool default-pool'],
  run: ({ args, options, globals }) =>
    changeWorkQueue(globals, { ...args, ...options, body: { is_paused: false }, done: (queue) => `Resumed ${queue}.` }),
});
