import { changeGlobalLimit, limitName } from '../../change/global-limit.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';

export const command = defineCommand({
  arguments: { name: limitName },
  options: { output },
  examples: ['sluice global-concurrency-limit disable warehouse', 'sluice gcl disable warehouse'],
  run: ({ args, options, globals }) =>
    changeGlobalLimit(globals, {
      ...args,
      ...options,
      body: { active: false },
      done: (name) => `Disabled global concurrency limit "${name}": everybody passes until it is enabled.`,
    }),
});
