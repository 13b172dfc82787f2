import { argument, defineCommand } from '../../define-command.ts';
import { flowNames } from '../../find/flow-names.ts';
import { findFlowRun } from '../../find/flow-run.ts';
import { readWhyFacts } from '../../find/why-facts.ts';
import { output } from '../../options.ts';
import { flowRunFields } from '../../render/flow-run-columns.ts';
import { isJson, printRecord } from '../../render/print.ts';
import { whyItWaits } from '../../render/why.ts';
import { withClient } from '../../with-client.ts';

export const command = defineCommand({
  arguments: { run: argument('<run>', 'Id or name of the flow run') },
  options: { output },
  examples: ['sluice flow-run inspect brave-otter', 'sluice flow-run inspect brave-otter -o json'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => {
      const run = await findFlowRun(client, args.run);
      if (isJson(options.output)) return printRecord(run, [], options.output);
      const [flows, facts] = await Promise.all([flowNames(client, [run]), readWhyFacts(client, run)]);
      await printRecord(run, flowRunFields(flows, whyItWaits(run, facts, Date.now())), options.output);
    }),
});
