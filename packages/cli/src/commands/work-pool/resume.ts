import { changeWorkPool, poolName } from '../../change/work-pool.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';

export const command = defineCommand({
  arguments: { name: poolName },
  options: { output },
  examples: ['sluice work-pool resume default-pool'],
  run: ({ args: { name }, options, globals }) =>
    changeWorkPool(globals, { name, ...options, body: { is_paused: false }, done: `Resumed work pool "${name}".` }),
});
