import { toMicros } from '@sluice/core/lib/time';
import type { FlowRun } from '@sluice/core/model/flow-run';
import type { State } from '@sluice/core/model/state';
import { isFinal } from '@sluice/core/model/state-type';
import { uuidv7 } from 'uuidv7';
import { currentTask } from '../context.ts';
import type { FlowRunScope } from './flow-run-scope.ts';

/**
 * When the current try of a run was called for: its newest AwaitingRetry, or its newest way out of a final state. Going back to the
 * queue after a crash is not a new try.
 */
export function retriedAt(states: readonly State[]): number {
  const times = states.map((state, index) => {
    const isRetry = state.type === 'SCHEDULED' && (state.name === 'AwaitingRetry' || isFinal(states[index - 1]?.type));
    return isRetry ? toMicros(state.timestamp) : 0;
  });
  return Math.max(0, ...times);
}

/** A child that ended badly before this try, of its parent or of the task that asks, runs again under its own id; one that did so in this try is left as it is. */
export async function rescheduleForRetry({ client, info }: FlowRunScope, child: FlowRun): Promise<FlowRun> {
  const task_run_id = currentTask()?.id;
  const [ofFlow, ofTask] = await Promise.all([
    client.request('GET /flow_run_states/', { query: { flow_run_id: info.flow_run_id } }),
    task_run_id ? client.request('GET /task_run_states/', { query: { task_run_id } }) : [],
  ]);
  if (!child.state || toMicros(child.state.timestamp) > Math.max(retriedAt(ofFlow), retriedAt(ofTask))) return child;
  const state = {
    type: 'SCHEDULED' as const,
    name: 'AwaitingRetry',
    message: `Retried with its parent '${info.flow_run_name}'.`,
    state_details: { transition_id: uuidv7() },
  };
  await client.request('POST /flow_runs/{id}/set_state', { params: { id: child.id }, body: { state } });
  return client.request('GET /flow_runs/{id}', { params: { id: child.id } });
}
