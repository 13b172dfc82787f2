import { randomUUID } from 'node:crypto';
import type { Client } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { isFinal } from '@sluice/core/model/state-type';

import { actOnAll, type BulkAct, BY_FILTER, isByFilter, setStates } from '../../change/flow-runs.ts';
import { findFlowRun } from '../../find/flow-run.ts';
import { findTaskRunOf } from '../../find/task-run-of.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { flag, output, text } from '../../program/options.ts';
import { useApiUrl } from '../../program/use-api-url.ts';
import { WATCH_PATIENCE, withClient } from '../../program/with-client.ts';
import { endAs } from '../../project/end-as.ts';
import { howToRunHere } from '../../project/retry-here.ts';
import { counted } from '../../render/counted.ts';
import { say } from '../../render/message.ts';
import { isJson, printRecord } from '../../render/print.ts';
import { followFlowRun } from '../../watch/follow-flow-run.ts';

export const command = defineCommand({
  arguments: { run: argument('[run]', 'Id or name of the flow run; or choose runs by options') },
  options: {
    from: text('--from <task>', 'Id, name or task of a task run: what it and those after it returned is thrown away, and done again'),
    entrypoint: text('-e, --entrypoint <file:export>', 'The code of its flow, for a run without a deployment: it is run here, to its end'),
    watch: flag('--watch', 'Follow it to its end'),
    ...BY_FILTER,
    output,
  },
  examples: [
    'sluice flow-run retry brave-otter',
    'sluice flow-run retry brave-otter --watch',
    'sluice flow-run retry brave-otter --from load-orders',
    'sluice flow-run retry brave-otter --entrypoint flows/load.ts:load',
    'sluice flow-run retry --flow-name process-table-etl --state Failed --after 1d',
  ],
  run: async ({ args, options, globals }) => {
    const { run: ref } = args;
    if (isByFilter(ref !== undefined, options) || ref === undefined) {
      const one = [options.from !== undefined && '--from', options.entrypoint !== undefined && '--entrypoint', options.watch && '--watch'].find(
        Boolean,
      );
      if (one) throw new SluiceError('USAGE', `${one} is for one flow run.`, { hint: 'Name the run.' });
      return withClient(globals, (client) => actOnAll(client, options, RETRY));
    }
    const id = await withClient(globals, async (client) => {
      const run = await findFlowRun(client, ref, { only: true });
      if (!isFinal(run.state_type)) {
        throw new SluiceError('CONFLICT', `'${run.name}' is ${run.state_name}: only a run that has ended can be run again.`, {
          hint: `Follow it with: sluice flow-run watch ${run.id}. Or end it first: sluice flow-run cancel ${run.id}`,
        });
      }
      const runHere = await howToRunHere(client, run, options.entrypoint);
      if (runHere) {
        if (options.from !== undefined) throw new SluiceError('USAGE', '--from is for runs of deployments.', { hint: 'Leave it out.' });
        useApiUrl(globals);
        const ended = await runHere();
        if (isJson(options.output)) await printRecord(ended, [], options.output);
        return endAs(ended);
      }
      const done = options.from === undefined ? await retry(client, run) : await restart(client, run, options.from);
      if (!isJson(options.output)) say(done);
      else if (!options.watch) await printRecord(await findFlowRun(client, run.id), [], options.output);
      return run.id;
    });
    if (!options.watch) return undefined;
    return withClient(globals, (client) => followFlowRun(client, id, { format: options.output }), { patienceSeconds: WATCH_PATIENCE });
  },
});

const AGAIN = { type: 'SCHEDULED', name: 'AwaitingRetry', message: 'Run again by sluice flow-run retry.' } as const;

const RETRY: BulkAct = {
  verb: 'Run again',
  done: 'Scheduled again',
  types: ['FAILED', 'CRASHED', 'CANCELLED'],
  act: (client, body) => setStates(client, body, AGAIN),
};

async function retry(client: Client, { id, name }: FlowRun): Promise<string> {
  const { status, details } = await client.request('POST /flow_runs/{id}/set_state', { params: { id }, body: { state: AGAIN } });
  if (status === 'ACCEPT') return `'${name}' is scheduled again.`;
  throw new SluiceError('CONFLICT', `'${name}' cannot be run again: ${details.reason ?? status}`, {
    hint: `Look at it: sluice flow-run inspect ${name}. With --from <task> it is done again from that task on.`,
  });
}

async function restart(client: Client, run: FlowRun, ref: string): Promise<string> {
  const task = await findTaskRunOf(client, run, ref);
  const body = { from_task_run_id: task.id, transition_id: randomUUID() };
  const { task_runs, flow_runs } = await client.request('POST /flow_runs/{id}/restart', { params: { id: run.id }, body });
  const children = flow_runs > 0 ? `, and ${counted(flow_runs, 'child flow run runs', 'child flow runs run')} again` : '';
  const thrown = `The results of ${counted(task_runs, 'task run', 'task runs')} were thrown away${children}.`;
  return `'${run.name}' is scheduled again, from '${task.name}' on. ${thrown}`;
}
