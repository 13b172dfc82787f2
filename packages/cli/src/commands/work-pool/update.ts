import { expectChange } from '../../change/expect-change.ts';
import { clearLimit, limitChange } from '../../change/limit-change.ts';
import { changeWorkPool, poolName } from '../../change/work-pool.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output, text, whole } from '../../program/options.ts';
import { ofZero } from '../../render/of-zero.ts';

export const command = defineCommand({
  arguments: { name: poolName },
  options: {
    description: text('--description <text>', 'What it is for'),
    limit: whole('--concurrency-limit <number>', 'Runs that can be active at once', undefined, { min: 0 }),
    clearLimit,
    output,
  },
  examples: ['sluice work-pool update default-pool --description "Nightly loads"'],
  run: async ({ args: { name }, options: { description, limit, clearLimit: clear, output: format }, globals }) => {
    const body = expectChange({ description, concurrency_limit: limitChange(limit, clear) }, '--description "Nightly loads"');
    await changeWorkPool(globals, { name, output: format, body, done: `Changed work pool "${name}".${ofZero(limit ?? 1, 'Its runs')}` });
  },
});
