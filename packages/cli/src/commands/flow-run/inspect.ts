import { argument, defineCommand } from '../../define-command.ts';
import { flowNames } from '../../find/flow-names.ts';
import { findFlowRun } from '../../find/flow-run.ts';
import { output } from '../../options.ts';
import { flowRunFields } from '../../render/flow-run-columns.ts';
import { printRecord } from '../../render/print.ts';
import { withClient } from '../../with-client.ts';

export const command = defineCommand({
  arguments: { run: argument('<run>', 'Id or name of the flow run') },
  options: { output },
  examples: ['sluice flow-run inspect brave-otter', 'sluice flow-run inspect brave-otter -o json'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => {
      const run = await findFlowRun(client, args.run);
      await printRecord(run, flowRunFields(await flowNames(client, [run])), options.output);
    }),
});
