import { SluiceError } from '@sluice/core/errors/sluice-error';
import { reportChange } from '../../change/report-change.ts';
import { findFlowRun } from '../../find/flow-run.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';

export const command = defineCommand({
  arguments: { run: argument('<run>', 'Id or name of the flow run') },
  options: { output },
  examples: ['sluice flow-run resume brave-otter'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => {
      const run = await findFlowRun(client, args.run, { only: true });
      const { status, details, state } = await client.request('POST /flow_runs/{id}/resume', { params: { id: run.id }, body: {} });
      if (status !== 'ACCEPT') {
        const hint = `Look at it: sluice flow-run inspect ${run.id}`;
        throw new SluiceError('CONFLICT', `'${run.name}' stays ${run.state_name}: ${details.reason ?? status}`, { hint });
      }
      await reportChange(options.output, `'${run.name}' goes on: it is ${state?.name} now.`, () => findFlowRun(client, run.id));
    }),
});
