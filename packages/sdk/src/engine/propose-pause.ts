import { SluiceError } from '@sluice/core/errors/sluice-error';
import { toInstant } from '@sluice/core/lib/time';
import type { State } from '@sluice/core/model/state';
import { uuidv7 } from 'uuidv7';
import { LeaseLost, RunAborted } from '../errors.ts';
import type { FlowRunScope } from './flow-run-scope.ts';
import { untilRunning } from './until-running.ts';

export interface PauseOrder {
  readonly name: 'Paused' | 'Suspended';
  /** Names the pause in its run: it fires once. */
  readonly key: string;
  /** Undefined: for ever. */
  readonly seconds: number | undefined;
  /** Whether somebody is asked for an input. */
  readonly asks: boolean;
}

/** Where the parts of a conversation are: what is asked for, how that is explained, and the answer. */
export type InputKeys = Readonly<Record<'schema' | 'description' | 'response', string>>;

/** The names that Prefect 3.9.1 gives them. */
export function inputKeys({ name, key }: Pick<PauseOrder, 'name' | 'key'>): InputKeys {
  const base = `${name.toLowerCase()}-${key}`;
  return { schema: `${base}-schema`, description: `${base}-description`, response: `${base}-response` };
}

/** Pauses the run: its state, or null when this pause has fired before, and the run has been resumed. */
export async function proposePause(scope: FlowRunScope, order: PauseOrder): Promise<State | null> {
  const { name, key, seconds, asks } = order;
  const { client, info } = scope;
  const state_details = {
    pause_key: key,
    pause_reschedule: name === 'Suspended',
    pause_timeout: seconds === undefined ? null : toInstant((Date.now() + seconds * 1000) * 1000),
    ...(asks && { run_input_keyset: { ...inputKeys(order) } }),
    transition_id: uuidv7(),
  };
  for (;;) {
    const body = { state: { type: 'PAUSED' as const, name, state_details } };
    const { status, state, details } = await client.request('POST /flow_runs/{id}/set_state', { params: { id: info.flow_run_id }, body });
    if (status === 'ABORT' || !state) throw new LeaseLost(details.reason ?? 'The server refused the pause.');
    if (status === 'ACCEPT') return state;
    if (state.type === 'RUNNING') return null;
    if (state.type === 'CANCELLING') throw new RunAborted('Cancelled', 'The run was cancelled.');
    if (state.type !== 'PAUSED') throw new LeaseLost(details.reason ?? `The run is ${state.name}.`);
    // An answer that got lost: the pause is this one. Somebody else's is waited for.
    if (state.state_details.pause_key === key) return state;
    await untilRunning(scope);
  }
}

/** What the server would refuse, in words that say what to do. */
export function expectSuspendable({ info, within }: FlowRunScope, isInTask: boolean): void {
  const why = isInTask ? 'in a task' : within.length > 1 ? 'in a subflow' : info.deployment_id === null ? 'in a run that has no deployment' : '';
  if (!why) return;
  throw new SluiceError('USAGE', `suspend() was called ${why}: nobody could start that again.`, {
    hint: 'Call it in the body of a flow that is deployed, or use pause(), which waits in the process.',
  });
}
