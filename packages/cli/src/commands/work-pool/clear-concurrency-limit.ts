import { changeWorkPool, poolName } from '../../change-work-pool.ts';
import { defineCommand } from '../../define-command.ts';

export const command = defineCommand({
  arguments: { name: poolName },
  examples: ['sluice work-pool clear-concurrency-limit default-pool'],
  run: ({ args: { name }, globals }) =>
    changeWorkPool(globals, name, { concurrency_limit: null }, `Work pool "${name}" has no concurrency limit any more.`),
});
