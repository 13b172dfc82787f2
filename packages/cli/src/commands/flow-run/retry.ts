import { SluiceError } from '@sluice/core/errors/sluice-error';
import { isFinal } from '@sluice/core/model/state-type';
import { findFlowRun } from '../../find/flow-run.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { flag, output } from '../../program/options.ts';
import { WATCH_PATIENCE, withClient } from '../../program/with-client.ts';
import { say } from '../../render/message.ts';
import { isJson, printRecord } from '../../render/print.ts';
import { followFlowRun } from '../../watch/follow-flow-run.ts';

export const command = defineCommand({
  arguments: { run: argument('<run>', 'Id or name of the flow run') },
  options: { watch: flag('--watch', 'Follow it to its end'), output },
  examples: ['sluice flow-run retry brave-otter', 'sluice flow-run retry brave-otter --watch'],
  run: async ({ args, options, globals }) => {
    const id = await withClient(globals, async (client) => {
      const { id, name, state_type, state_name } = await findFlowRun(client, args.run, { only: true });
      if (!isFinal(state_type)) {
        throw new SluiceError('CONFLICT', `'${name}' is ${state_name}: only a run that has ended can be run again.`, {
          hint: `Follow it with: sluice flow-run watch ${id}. Or end it first: sluice flow-run cancel ${id}`,
        });
      }
      const state = { type: 'SCHEDULED' as const, name: 'AwaitingRetry', message: 'Run again by sluice flow-run retry.' };
      const { status, details } = await client.request('POST /flow_runs/{id}/set_state', { params: { id }, body: { state } });
      if (status !== 'ACCEPT')
        throw new SluiceError('CONFLICT', `'${name}' cannot be run again: ${details.reason ?? status}`, {
          hint: `Look at it: sluice flow-run inspect ${name}`,
        });
      if (!isJson(options.output)) say(`'${name}' is scheduled again.`);
      else if (!options.watch) await printRecord(await findFlowRun(client, id), [], options.output);
      return id;
    });
    if (!options.watch) return undefined;
    return withClient(globals, (client) => followFlowRun(client, id, { format: options.output }), { patienceSeconds: WATCH_PATIENCE });
  },
});
