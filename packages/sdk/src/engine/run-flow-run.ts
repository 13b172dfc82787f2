import type { Client } from '@sluice/client';
import { toSeconds } from '@sluice/core/lib/duration';
import { secondsBetween } from '@sluice/core/lib/time';
import type { FlowRun } from '@sluice/core/model/flow-run';
import type { OrchestrationResult, State, StateCreate } from '@sluice/core/model/state';
import { uuidv7 } from 'uuidv7';
import { type RunContext, withContext } from '../context.ts';
import { RunAborted, serializeError, TimedOut } from '../errors.ts';
import type { Flow, FlowOptions } from '../flow.ts';
import { toResultData } from '../results.ts';
import type { FlowRunScope } from './flow-run-scope.ts';
import { openScope } from './open-scope.ts';
import { pause } from './pause.ts';
import { runBody } from './run-body.ts';

export interface FlowRunJob<Params, Result> {
  readonly client: Client;
  readonly flow: Flow<never, Params, Result>;
  readonly flowRun: FlowRun;
  readonly params: Params;
  /** 0 for a run that no worker holds. */
  readonly epoch: number;
  readonly workerName: string | null;
  readonly loggingLevel: string;
  readonly stop: AbortController;
  /** Told when the user's code is about to start. */
  readonly onStart?: () => void;
}

/** How a flow run left this process: with its value, with an error, or in a state that somebody else goes on from. */
export type FlowRunEnd<Result> =
  | { readonly state: State; readonly value: Awaited<Result> }
  | { readonly state: State; readonly error: unknown }
  | { readonly state: State | null; readonly left: string };

/** Runs a flow run from RUNNING to its end. Every state is durable before this goes on. */
export async function runFlowRun<Params, Result>(job: FlowRunJob<Params, Result>): Promise<FlowRunEnd<Result>> {
  const { client, flow, flowRun } = job;
  const scope = await openScope({ ...job, flowName: flow.flowName });
  const policyStored = storePolicy(client, flowRun, flow.options);
  const started = await proposeRunning(client, flowRun.id, job.stop.signal);
  if (started.status !== 'ACCEPT') return { state: started.state, left: started.details.reason ?? started.status };
  try {
    const value = await runBody(flow.options.timeout, job.stop.signal, (signal) => {
      const log = scope.logs.logger({ name: 'sluice.flow_runs', label: `Flow run '${flowRun.name}'`, flow_run_id: flowRun.id, task_run_id: null });
      const context: RunContext = { run: scope.info, signal, log, progress: scope.report };
      job.onStart?.();
      return withContext({ scope, context }, () => flow.body(job.params, context));
    });
    await settleTasks(scope);
    const data = toResultData(value, `flow '${flow.flowName}'`);
    await scope.flush();
    const state = await proposeEnd(client, flowRun.id, { type: 'COMPLETED', data });
    return { state, value };
  } catch (error) {
    await Promise.all([scope.flush(), policyStored]);
    return end(job, scope, error);
  }
}

async function end<Params, Result>(
  { client, flowRun, stop }: FlowRunJob<Params, Result>,
  scope: FlowRunScope,
  error: unknown,
): Promise<FlowRunEnd<Result>> {
  const reason: unknown = stop.signal.aborted ? stop.signal.reason : error;
  if (reason instanceof RunAborted && reason.reason === 'LeaseLost') return { state: null, left: reason.message };
  if (reason instanceof RunAborted) {
    await settleTasks(scope).catch(() => {});
    const handedBack = reason.reason === 'WorkerShutdown';
    const state = await proposeEnd(
      client,
      flowRun.id,
      handedBack ? { type: 'SCHEDULED', message: 'Handed back: its worker is stopping.' } : { type: 'CANCELLED', message: reason.message },
    );
    return { state, error: reason };
  }
  scope.logs
    .logger({ name: 'sluice.flow_runs', label: `Flow run '${flowRun.name}'`, flow_run_id: flowRun.id, task_run_id: null })
    .error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  await scope.logs.flush();
  const state = await proposeEnd(client, flowRun.id, {
    type: 'FAILED',
    name: error instanceof TimedOut ? 'TimedOut' : null,
    message: error instanceof Error ? error.message : String(error),
    data: { ...serializeError(error) },
  });
  return { state, error };
}

/** Tasks that were submitted and not awaited belong to the run too: it ends after them. */
async function settleTasks(scope: FlowRunScope): Promise<void> {
  while (scope.running.size > 0) await Promise.allSettled(scope.running);
}

/** The server retries by what stands on the run. Nothing is sent for a flow that asks for nothing. */
async function storePolicy(
  client: Client,
  flowRun: FlowRun,
  options: Pick<FlowOptions<never, never>, 'retries' | 'retryDelay' | 'version'>,
): Promise<void> {
  if (!options.retries && !options.version) return;
  const retry_delay = toSeconds(options.retryDelay ?? 0);
  const empirical_policy = { ...flowRun.empirical_policy, retries: options.retries ?? 0, retry_delay };
  await client.request('PATCH /flow_runs/{id}', {
    params: { id: flowRun.id },
    body: { empirical_policy, ...(options.version && { flow_version: options.version }) },
  });
}

async function proposeRunning(client: Client, id: string, signal: AbortSignal): Promise<OrchestrationResult> {
  for (;;) {
    const state = { type: 'RUNNING' as const, state_details: { transition_id: uuidv7() } };
    const result = await client.request('POST /flow_runs/{id}/set_state', { params: { id }, body: { state } });
    // An answer that got lost: the state that stands is the one proposed.
    if (result.status === 'REJECT' && result.state?.type === 'RUNNING') return { ...result, status: 'ACCEPT' };
    if (result.status !== 'WAIT') return result;
    await pause((result.details.delay_seconds ?? 1) * 1000, signal);
  }
}

/** Proposes the end of a run and returns the state that stands then: AwaitingRetry, maybe, in place of FAILED. */
async function proposeEnd(client: Client, id: string, proposed: StateCreate): Promise<State> {
  const state = { ...proposed, state_details: { ...proposed.state_details, transition_id: uuidv7() } };
  const result = await client.request('POST /flow_runs/{id}/set_state', { params: { id }, body: { state } });
  if (result.status === 'ABORT' || !result.state)
    throw new RunAborted('LeaseLost', result.details.reason ?? 'The server refused the end of the run.');
  return result.state;
}

/** Milliseconds until a run in this state is due again, by the database's clock. */
export const msUntilDue = (state: State): number =>
  Math.max(0, secondsBetween(state.timestamp, state.state_details.scheduled_time ?? state.timestamp) * 1000);
