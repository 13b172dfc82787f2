import { expectChange } from '../../change/expect-change.ts';
import { clearLimit, limitChange } from '../../change/limit-change.ts';
import { changeWorkPool, poolName } from '../../change/work-pool.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output, text, whole } from '../../program/options.ts';
import { ofZero } from '../../render/of-zero.ts';
import { readTemplate } from '../../work-pools/template-of.ts';

export const command = defineCommand({
  arguments: { name: poolName },
  options: {
    description: text('--description <text>', 'What it is for'),
    limit: whole('--concurrency-limit <number>', 'Runs that can be active at once', undefined, { min: 0 }),
    clearLimit,
    template: text('--base-job-template <file>', 'JSON file with what its runs are started with (- reads it from standard input)'),
    output,
  },
  examples: ['sluice work-pool update default-pool --description "Nightly loads"'],
  run: async ({ args: { name }, options: { description, limit, clearLimit: clear, template, output: format }, globals }) => {
    const base_job_template = template === undefined ? undefined : readTemplate(template);
    const body = expectChange({ description, concurrency_limit: limitChange(limit, clear), base_job_template }, '--description "Nightly loads"');
    await changeWorkPool(globals, { name, output: format, body, done: `Changed work pool "${name}".${ofZero(limit ?? 1, 'Its runs')}` });
  },
});
