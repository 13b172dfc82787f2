import { SluiceError } from '@sluice/core/errors/sluice-error';
import { expectChange } from '../../change/expect-change.ts';
import { changeGlobalLimit, limitName } from '../../change/global-limit.ts';
import { LIMIT_OPTIONS, toLimitBody } from '../../change/global-limit-options.ts';
import { defineCommand } from '../../program/define-command.ts';
import { flag, output } from '../../program/options.ts';
import { ofZero } from '../../render/of-zero.ts';

export const command = defineCommand({
  arguments: { name: limitName },
  options: { ...LIMIT_OPTIONS, enable: flag('--enable', 'Enforce the limit again'), output },
  examples: ['sluice global-concurrency-limit update warehouse --limit 8', 'sluice gcl update requests --slot-decay-per-second 5 --enable'],
  run: async ({ args: { name }, options, globals }) => {
    const { enable, disable, limit } = options;
    if (enable && disable) throw new SluiceError('USAGE', 'A limit is enabled or disabled, not both.', { hint: 'Leave one of the two out.' });
    const body = expectChange({ ...toLimitBody(options), ...((enable || disable) && { active: enable }) }, '--limit 8');
    const done = (known: string) => `Changed global concurrency limit "${known}".${ofZero(limit ?? 1, 'Those who ask for a slot')}`;
    await changeGlobalLimit(globals, { name, output: options.output, body, done });
  },
});
