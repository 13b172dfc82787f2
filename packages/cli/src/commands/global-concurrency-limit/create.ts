import { isSluiceError, SluiceError } from '@sluice/core/errors/sluice-error';
import { LIMIT_OPTIONS, toLimitBody } from '../../change/global-limit-options.ts';
import { reportChange } from '../../change/report-change.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { ofZero } from '../../render/of-zero.ts';

export const command = defineCommand({
  arguments: { name: argument('<name>', 'Name of the limit') },
  options: { ...LIMIT_OPTIONS, output },
  examples: ['sluice global-concurrency-limit create warehouse --limit 4', 'sluice gcl create requests --limit 10 --slot-decay-per-second 2'],
  run: async ({ args: { name }, options, globals }) => {
    const { limit } = options;
    if (limit === undefined) throw new SluiceError('USAGE', 'A limit needs its number of slots.', { hint: `For example: --limit 4` });
    await withClient(globals, async (client) => {
      const body = { ...toLimitBody(options), name, limit, active: !options.disable };
      const record = await client.request('POST /v2/concurrency_limits/', { body }).catch((error: unknown) => {
        throw isSluiceError(error) && error.code === 'CONFLICT' ? exists(name, error) : error;
      });
      const done = `Created global concurrency limit "${name}" with ${limit} slots.${ofZero(limit, 'Those who ask for one')}`;
      await reportChange(options.output, done, async () => record);
    });
  },
});

const exists = (name: string, cause: SluiceError) =>
  new SluiceError('CONFLICT', cause.message, { hint: `To change it: sluice global-concurrency-limit update ${name} --limit 4`, cause });
