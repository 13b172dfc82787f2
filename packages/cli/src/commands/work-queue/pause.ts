import { changeWorkQueue, queueName } from '../../change/work-queue.ts';
import { poolOption } from '../../find/work-queue.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';

export const command = defineCommand({
  arguments: { name: queueName },
  options: { pool: poolOption, output },
  examples: ['sluice work-queue pause bulk --pool default-pool'],
  run: ({ args, options, globals }) =>
    changeWorkQueue(globals, {
      ...args,
      ...options,
      body: { is_paused: true },
      done: (queue) => `Paused ${queue}: runs that have not started wait, and running ones go on.`,
    }),
});
