import { SluiceError } from '@sluice/core/errors/sluice-error';
import { reportChange } from '../../change/report-change.ts';
import { findFlowRun } from '../../find/flow-run.ts';
import { askedInput, howToAnswer } from '../../parameters/asked-input.ts';
import { readObject } from '../../parameters/read-parameters.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { output, text } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';

export const command = defineCommand({
  arguments: { run: argument('<run>', 'Id or name of the flow run') },
  options: { input: text('--input <json>', 'What it asks for, as a JSON object; - reads it from standard input'), output },
  examples: ['sluice flow-run resume brave-otter', `sluice flow-run resume brave-otter --input '{"approved": true}'`],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => {
      const run = await findFlowRun(client, args.run, { only: true });
      const asked = await askedInput(client, run);
      if (options.input !== undefined && asked === null && run.state_type === 'PAUSED') {
        throw new SluiceError('USAGE', `'${run.name}' asks for nothing.`, { hint: 'Leave out --input.' });
      }
      const run_input = options.input === undefined ? undefined : readObject('--input', options.input, asked ?? null);
      const params = { id: run.id };
      const { status, details, state } = await client.request('POST /flow_runs/{id}/resume', { params, body: run_input ? { run_input } : {} });
      if (status !== 'ACCEPT') {
        // Refused as it is: for its answer.
        const unfit = asked !== null && status === 'REJECT' && state?.type === 'PAUSED';
        const hint = unfit ? howToAnswer(run.id, asked) : `Look at it: sluice flow-run inspect ${run.id}`;
        throw new SluiceError(unfit ? 'USAGE' : 'CONFLICT', `'${run.name}' stays ${run.state_name}: ${details.reason ?? status}`, { hint });
      }
      await reportChange(options.output, `'${run.name}' goes on: it is ${state?.name} now.`, () => findFlowRun(client, run.id));
    }),
});
