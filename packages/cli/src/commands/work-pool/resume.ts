import { changeWorkPool, poolName } from '../../change-work-pool.ts';
import { defineCommand } from '../../define-command.ts';

export const command = defineCommand({
  arguments: { name: poolName },
  examples: ['sluice work-pool resume default-pool'],
  run: ({ args: { name }, globals }) => changeWorkPool(globals, name, { is_paused: false }, `Resumed work pool "${name}".`),
});
