import type { AnyTask } from '@sluice/sdk';
import { argument, defineCommand } from '../../program/define-command.ts';
import { outliveOutput } from '../../program/end-with-output.ts';
import { whole } from '../../program/options.ts';
import { useApiUrl } from '../../program/use-api-url.ts';
import { loadExport } from '../../project/load-export.ts';
import { sdkOf } from '../../project/project-sdk.ts';

const isTask = (value: unknown): value is AnyTask => typeof value === 'function' && 'taskName' in value;

export const command = defineCommand({
  arguments: { entrypoints: argument('<file:export...>', 'The tasks') },
  options: { limit: whole('--limit <number>', 'Tasks at once', 10) },
  examples: ['sluice task serve mail.ts:sendMail images.ts:resize --limit 4'],
  run: async ({ args, options, globals }) => {
    useApiUrl(globals);
    const found = [];
    for (const entrypoint of args.entrypoints) found.push(await loadExport(entrypoint, { noun: 'task', is: isTask }));
    const { serve } = await sdkOf((found[0] as { file: string }).file);
    outliveOutput();
    await serve(
      found.map(({ value }) => value),
      options,
    );
  },
});
