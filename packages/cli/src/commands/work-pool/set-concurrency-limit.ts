import { changeWorkPool, poolName } from '../../change-work-pool.ts';
import { argument, defineCommand } from '../../define-command.ts';
import { expectWhole } from '../../options.ts';

export const command = defineCommand({
  arguments: { name: poolName, limit: argument('<limit>', 'Runs that may be active at once') },
  examples: ['sluice work-pool set-concurrency-limit default-pool 5'],
  run: ({ args: { name, limit }, globals }) => {
    const concurrency_limit = expectWhole('limit', limit, { min: 0 });
    return changeWorkPool(globals, name, { concurrency_limit }, `Set the concurrency limit of work pool "${name}" to ${concurrency_limit}.`);
  },
});
