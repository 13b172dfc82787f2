import { changeGlobalLimit, limitName } from '../../change/global-limit.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';

export const command = defineCommand({
  arguments: { name: limitName },
  options: { output },
  examples: ['sluice global-concurrency-limit enable warehouse', 'sluice gcl enable warehouse'],
  run: ({ args, options, globals }) =>
    changeGlobalLimit(globals, { ...args, ...options, body: { active: true }, done: (name) => `Enabled global concurrency limit "${name}".` }),
});
