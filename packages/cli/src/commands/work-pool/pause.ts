import { changeWorkPool, poolName } from '../../change-work-pool.ts';
import { defineCommand } from '../../define-command.ts';

export const command = defineCommand({
  arguments: { name: poolName },
  examples: ['sluice work-pool pause default-pool'],
  run: ({ args: { name }, globals }) =>
    changeWorkPool(globals, name, { is_paused: true }, `Paused work pool "${name}": its runs wait, those that run go on.`),
});
