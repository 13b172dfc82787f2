import { changeWorkPool, poolName } from '../../change/work-pool.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { expectWhole, output } from '../../program/options.ts';
import { ofZero } from '../../render/of-zero.ts';

export const command = defineCommand({
  arguments: { name: poolName, limit: argument('<limit>', 'Runs that can be active at once') },
  options: { output },
  examples: ['sluice work-pool set-concurrency-limit default-pool 5'],
  run: ({ args: { name, limit }, options, globals }) => {
    const concurrency_limit = expectWhole('limit', limit, { min: 0 });
    const done = `Set the concurrency limit of work pool "${name}" to ${concurrency_limit}.${ofZero(concurrency_limit, 'Its runs')}`;
    return changeWorkPool(globals, { name, ...options, body: { concurrency_limit }, done });
  },
});
