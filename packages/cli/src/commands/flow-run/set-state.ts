import { SluiceError } from '@sluice/core/errors/sluice-error';
import { STATE_TYPES } from '@sluice/core/model/state-type';
import { reportChange } from '../../change/report-change.ts';
import { findFlowRun } from '../../find/flow-run.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { expectChoice, flag, output, text } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';

export const command = defineCommand({
  arguments: { run: argument('<run>', 'Id or name of the flow run'), type: argument('<type>', `Type of the state: ${STATE_TYPES.join(', ')}`) },
  options: {
    name: text('--name <name>', 'Name of the state; that of its type when left out'),
    message: text('--message <text>', 'Why, to be read with the state'),
    force: flag('--force', 'Ask no rule. What the run is doing goes on'),
    output,
  },
  examples: [
    'sluice flow-run set-state brave-otter COMPLETED --message "Loaded by hand"',
    'sluice flow-run set-state brave-otter FAILED --force --message "It hangs"',
  ],
  run: ({ args, options: { name, message, force, output: format }, globals }) =>
    withClient(globals, async (client) => {
      const type = expectChoice('type of a state', args.type, STATE_TYPES);
      const run = await findFlowRun(client, args.run, { only: true });
      const state = { type, ...(name !== undefined && { name }), ...(message !== undefined && { message }) };
      const {
        status,
        state: now,
        details,
      } = await client.request('POST /flow_runs/{id}/set_state', { params: { id: run.id }, body: { state, force } });
      const refused = status === 'ABORT' || status === 'WAIT' || (status === 'REJECT' && now?.id === run.state_id);
      if (refused) {
        const hint = `Look at it: sluice flow-run inspect ${run.id}. With --force no rule is asked.`;
        throw new SluiceError('CONFLICT', `'${run.name}' stays ${run.state_name}: ${details.reason ?? status}`, { hint });
      }
      await reportChange(format, `'${run.name}' is ${now?.name} now.`, () => findFlowRun(client, run.id));
    }),
});
