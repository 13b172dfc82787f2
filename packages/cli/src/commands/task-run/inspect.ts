import { readResult } from '../../find/result.ts';
import { findTaskRun } from '../../find/task-run.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { isJson, printRecord } from '../../render/print.ts';
import { taskRunFields } from '../../render/task-run-columns.ts';

export const command = defineCommand({
  arguments: { run: argument('<task run>', 'Id or name of the task run') },
  options: { output },
  examples: ['sluice task-run inspect copy-table-0', 'sluice task-run inspect copy-table-0 -o json'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => {
      const run = await findTaskRun(client, args.run);
      const result = await readResult(client, run.state);
      if (isJson(options.output)) await printRecord({ ...run, ...(result !== undefined && { result }) }, [], options.output);
      else await printRecord(run, taskRunFields(result), options.output);
    }),
});
