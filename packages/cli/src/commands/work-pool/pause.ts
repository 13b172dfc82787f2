import { changeWorkPool, poolName } from '../../change/work-pool.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';

export const command = defineCommand({
  arguments: { name: poolName },
  options: { output },
  examples: ['sluice work-pool pause default-pool'],
  run: ({ args: { name }, options, globals }) =>
    changeWorkPool(globals, {
      name,
      ...options,
      body: { is_paused: true },
      done: `Paused work pool "${name}": runs that have not started wait, and running ones go on.`,
    }),
});
