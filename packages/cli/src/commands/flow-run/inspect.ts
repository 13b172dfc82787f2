import { flowNames } from '../../find/flow-names.ts';
import { findFlowRun } from '../../find/flow-run.ts';
import { readRunParts } from '../../find/run-parts.ts';
import { readWaitReason } from '../../find/wait-reason.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { flag, output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { flowRunFields } from '../../render/flow-run-columns.ts';
import { isJson, printRecord } from '../../render/print.ts';
import { runPartFields } from '../../render/run-part-fields.ts';
import { showPage } from '../../render/show-page.ts';

export const command = defineCommand({
  arguments: { run: argument('<run>', 'Id or name of the flow run') },
  options: { web: flag('--web', 'Open its page in a browser'), output },
  examples: ['sluice flow-run inspect brave-otter', 'sluice flow-run inspect brave-otter -o json'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => {
      const run = await findFlowRun(client, args.run);
      if (options.web) return showPage(client, `/runs/${run.id}`);
      const parts = await readRunParts(client, run);
      if (isJson(options.output)) return printRecord({ ...run, ...parts }, [], options.output);
      const [flows, why] = await Promise.all([flowNames(client, [run, ...parts.children]), readWaitReason(client, run)]);
      const fields = [...flowRunFields(flows, why), ...runPartFields(parts, flows)];
      await printRecord(run, fields, options.output);
    }),
});
