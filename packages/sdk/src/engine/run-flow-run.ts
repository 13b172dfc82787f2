import { type Client, pause, releaseRun } from '@sluice/client';
import { secondsBetween } from '@sluice/core/lib/time';
import type { LeaseHolder } from '@sluice/core/model/concurrency-limit';
import type { FlowRun } from '@sluice/core/model/flow-run';
import type { OrchestrationResult, State, StateCreate } from '@sluice/core/model/state';
import { uuidv7 } from 'uuidv7';
import { withContext } from '../context.ts';
import { LeaseLost, RunAborted, Suspended, TimedOut } from '../errors.ts';
import type { LogShipper } from '../logs/logging.ts';
import type { AnyFlow, Flow, FlowOptions } from '../model/flow.ts';
import type { RunContext } from '../model/run.ts';
import { keepResult } from '../runs/results.ts';
import { isA } from '../text/show.ts';
import { logOfThrown, messageOfThrown } from '../text/thrown.ts';
import { callFlowHooks } from './call-flow-hooks.ts';
import { canHelp, failed, isRefusal, notStored, refusedEnd } from './ends.ts';
import { giveUpRetries, noteRetries } from './flow-retries.ts';
import { type FlowRunScope, flowLog } from './flow-run-scope.ts';
import { type Deadline, follow, startClock, type WatchDeadline } from './follow.ts';
import { type OpenScope, openScope } from './open-scope.ts';
import { runBody } from './run-body.ts';
import type { WaitHub } from './wait-hub.ts';

export interface FlowRunOrder<Params, Result> {
  readonly client: Client;
  readonly flow: Flow<never, Params, Result>;
  readonly flowRun: FlowRun;
  readonly params: Params;
  /** 0 for a run that no worker holds. */
  readonly epoch: number;
  readonly workerName: string | null;
  /** A subflow has those of the flow that called it: both stand in one process, under one lease. */
  readonly logs: LogShipper;
  readonly waits: WaitHub;
  /** Aborted by whoever wants the run to stop. */
  readonly stop: AbortController;
  /** Who called it, when it is a subflow. */
  readonly within?: readonly LeaseHolder[];
  readonly watchDeadline?: WatchDeadline | undefined;
  /** Told when the user's code is about to start. */
  readonly onStart?: () => void;
  /** Told before the run may give its lease back and has more to do: to hear of that, to call hooks. And when it does not, after all. */
  readonly onLeaving?: (isLeaving: boolean) => void;
  /** Told when the work is done and its state stored; hooks are called after that. */
  readonly onEnd?: (state: State | null) => void;
}

/** How a flow run left this process: with its value, with an error, or in a state that somebody else goes on from. */
export type FlowRunEnd<Result> =
  | { readonly state: State; readonly value: Awaited<Result> }
  | { readonly state: State; readonly error: unknown }
  | { readonly state: State | null; readonly left: string };

/** Runs a flow run from RUNNING to its end. Every state is durable before this goes on. */
export async function runFlowRun<Params, Result>(given: FlowRunOrder<Params, Result>): Promise<FlowRunEnd<Result>> {
  // The run's own: a subflow that runs out of time does not stop its parent.
  const { stop, release } = follow(given.stop.signal);
  const order = { ...given, stop };
  const scope = await openScope({ ...order, flowName: order.flow.flowName });
  try {
    const ended = await runToEnd(order, scope, given.watchDeadline);
    if (ended.state?.type === 'SCHEDULED') await releaseRun(order.client, order.flowRun.id);
    order.onEnd?.(ended.state);
    if (ended.state) await callFlowHooks(order.flow as unknown as AnyFlow, scope, ended.state);
    return ended;
  } finally {
    release();
  }
}

async function runToEnd<Params, Result>(
  order: FlowRunOrder<Params, Result>,
  scope: OpenScope,
  watchDeadline: WatchDeadline | undefined,
): Promise<FlowRunEnd<Result>> {
  const { client, flow, flowRun, stop } = order;
  const versionStored = storeVersion(client, flowRun, flow.options);
  versionStored.catch(() => {}); // heard where it is awaited: until then nobody does
  let clock: ReturnType<typeof startClock> | undefined;
  try {
    const started = await proposeRunning(order);
    if (started.status !== 'ACCEPT') throw new LeaseLost(started.details.reason ?? started.status);
    clock = startClock(stop, flow.options.timeout, (atMs, seconds) => watchDeadline?.(deadlineOf(order, atMs, seconds)));
    const value = await runBody(undefined, stop.signal, (signal) => {
      const log = flowLog(scope);
      const context: RunContext = { run: scope.info, signal, log, progress: scope.report };
      order.onStart?.();
      return withContext({ scope, context }, () => flow.body(order.params, context));
    });
    await settleTasks(scope);
    const late = clock.overdue();
    if (late) throw late;
    clock.stop();
    const kept = keepResult(value, `flow '${flow.flowName}'`);
    await Promise.all([scope.flush(), versionStored]);
    const state = await proposeEnd(order, { type: 'COMPLETED', data: kept.data }).catch((refusal) => {
      throw isRefusal(refusal) ? notStored(`flow '${flow.flowName}'`, refusal) : refusal;
    });
    return { state, value: kept.value as Awaited<Result> };
  } catch (error) {
    const late = clock?.overdue();
    const isOwn = !stop.signal.aborted;
    // Its time goes on: tasks that it has left may never end.
    await settleTasks(scope);
    clock?.stop();
    await Promise.all([scope.flush(), versionStored.catch(() => {})]);
    return await end(order, scope, late ?? error, isOwn);
  }
}

/** The parent of a subflow may catch its timeout, and go on. */
function deadlineOf<Params, Result>({ epoch, flowRun: { name } }: FlowRunOrder<Params, Result>, atMs: number, seconds: number): Deadline {
  const isRun = epoch > 0;
  return {
    atMs,
    isRun,
    message: isRun
      ? `It took longer than ${seconds} s.`
      : `Its subflow run '${name}' took longer than ${seconds} s, and blocked the event loop of its process.`,
  };
}

/** A run that has failed on its own, and ran out of time when only tasks were left, has failed as it did. */
async function end<Params, Result>(
  order: FlowRunOrder<Params, Result>,
  scope: FlowRunScope,
  error: unknown,
  isOwn: boolean,
): Promise<FlowRunEnd<Result>> {
  const { client, flowRun, stop } = order;
  const isStopped = stop.signal.aborted && !(isOwn && isA(stop.signal.reason, TimedOut));
  const thrown: unknown = isStopped ? stop.signal.reason : error;
  const reason = isA(thrown, LeaseLost) && (await isBeingCancelled(order)) ? new RunAborted('Cancelled', CANCELLED.message) : thrown;
  if (isA(reason, Suspended) && isStopped) return { state: reason.state, left: reason.message };
  if (isA(reason, LeaseLost)) return { state: null, left: reason.message };
  // A flow that throws such an error itself has just failed, but for Cancelled: that is how it says so.
  if (isA(reason, RunAborted) && (isStopped || reason.reason === 'Cancelled')) {
    const handedBack = reason.reason === 'WorkerShutdown';
    const state = await proposeEnd(
      order,
      handedBack ? { type: 'SCHEDULED', message: 'Handed back: its worker is stopping.' } : { type: 'CANCELLED', message: messageOfThrown(reason) },
    );
    return { state, error: reason };
  }
  const log = flowLog(scope);
  log.error(logOfThrown(error));
  await scope.logs.flush();
  const name = isA(reason, TimedOut) && isStopped ? 'TimedOut' : null;
  const retriable = await canHelp({}, error, log.warn);
  if (!retriable) await giveUpRetries(client, flowRun, order.flow.options);
  const proposed = failed(error, { name, retriable });
  const state = await proposeEnd(order, proposed).catch((refusal) => {
    if (!isRefusal(refusal)) throw refusal;
    return proposeEnd(order, refusedEnd(refusal));
  });
  return { state, error };
}

/** A write of this run that was refused may mean that the run is being cancelled, and its worker does not know of it yet. */
async function isBeingCancelled<Params, Result>({ client, flowRun, epoch }: FlowRunOrder<Params, Result>): Promise<boolean> {
  const now = await client.request('GET /flow_runs/{id}', { params: { id: flowRun.id } });
  return now.state_type === 'CANCELLING' && now.epoch === epoch;
}

/** Tasks that were submitted and not awaited belong to the run too: it ends after them. */
async function settleTasks(scope: FlowRunScope): Promise<void> {
  while (scope.running.size > 0) await Promise.allSettled(scope.running);
}

async function storeVersion(client: Client, { id }: FlowRun, { version }: Pick<FlowOptions<never, never>, 'version'>): Promise<void> {
  if (version) await client.request('PATCH /flow_runs/{id}', { params: { id }, body: { flow_version: version } });
}

/** With the process, when a worker has started it for this run. */
async function proposeRunning<Params, Result>({ client, flow, flowRun, epoch, stop }: FlowRunOrder<Params, Result>): Promise<OrchestrationResult> {
  const { id } = flowRun;
  const noted = { ...(await noteRetries(client, flowRun, flow.options)), ...(epoch > 0 && { infrastructure_pid: String(process.pid) }) };
  for (;;) {
    const state = { type: 'RUNNING' as const, state_details: { transition_id: uuidv7() } };
    const result = await client.request('POST /flow_runs/{id}/set_state', { params: { id }, body: { state, ...noted } });
    // An answer that got lost: the state that stands is the one proposed.
    if (result.status === 'REJECT' && result.state?.type === 'RUNNING') return { ...result, status: 'ACCEPT' };
    if (result.status !== 'WAIT') return result;
    await pause((result.details.delay_seconds ?? 1) * 1000, stop.signal);
  }
}

const CANCELLED = { type: 'CANCELLED', message: 'The run was cancelled.' } as const;

/** Proposes the end of a run and returns its state after that, such as AwaitingRetry in place of FAILED. */
async function proposeEnd<Params, Result>(order: FlowRunOrder<Params, Result>, proposed: StateCreate): Promise<State> {
  const { client, flowRun, onLeaving } = order;
  const { id } = flowRun;
  // Its worker may hear that the lease is over before this process hears that the run has ended.
  onLeaving?.(true);
  const state = { ...proposed, state_details: { ...proposed.state_details, transition_id: uuidv7() } };
  const result = await client.request('POST /flow_runs/{id}/set_state', { params: { id }, body: { state } });
  if (result.status === 'ABORT' || !result.state) throw new LeaseLost(result.details.reason ?? 'The server refused the end of the run.');
  // It was cancelled meanwhile: there is no other end for it now.
  if (result.status === 'REJECT' && result.state.type === 'CANCELLING') return proposeEnd(order, CANCELLED);
  return result.state;
}

/** Milliseconds until a run in this state is due again, by the database's clock. */
export const msUntilDue = (state: State): number =>
  Math.max(0, secondsBetween(state.timestamp, state.state_details.scheduled_time ?? state.timestamp) * 1000);
