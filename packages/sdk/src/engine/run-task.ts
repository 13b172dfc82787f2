import { type Client, pause } from '@sluice/client';
import { toSeconds } from '@sluice/core/lib/duration';
import type { Json } from '@sluice/core/lib/json';
import { secondsBetween } from '@sluice/core/lib/time';
import type { LeaseHolder } from '@sluice/core/model/concurrency-limit';
import type { OrchestrationResult, State, StateCreate } from '@sluice/core/model/state';
import { uuidv7 } from 'uuidv7';
import { currentTask, withContext } from '../context.ts';
import { LeaseLost, TimedOut } from '../errors.ts';
import type { Logger, RunContext } from '../model/run.ts';
import type { AnyTask, Task } from '../model/task.ts';
import { isCheckpoint, type Kept, keepResult, readResult } from '../runs/results.ts';
import { isA } from '../text/show.ts';
import { beginTaskRun } from './begin-task-run.ts';
import { callHooks } from './call-hooks.ts';
import { calledIn } from './called-in.ts';
import { empiricalPolicy } from './empirical-policy.ts';
import { canHelp, failed, isRefusal, notStored, refusedEnd } from './ends.ts';
import { checkpointKey, type FlowRunScope, flowLog, warnOfOpaque } from './flow-run-scope.ts';
import { CallKeys } from './keys.ts';
import { keyName, runName, safeName } from './names.ts';
import { runBody } from './run-body.ts';
import { type Release, takeTagSlots } from './tag-slots.ts';
import { cacheKey, type ExpiryAfter, expiryFrom, readCached } from './task-cache.ts';
import { untilRunning } from './until-running.ts';
import type { Work } from './wait-hub.ts';

interface TaskRunIdentity {
  readonly id: string;
  readonly within: readonly LeaseHolder[];
  readonly name: string;
  readonly task_key: string;
  readonly dynamic_key: string;
  readonly cache_key: string | undefined;
}

/** Runs a task as a task run of the current flow run, or takes its result when an earlier try of the flow run has finished it. */
export async function runTask<In, Out>(scope: FlowRunScope, task: Task<In, Out>, input: In): Promise<Awaited<Out>> {
  const task_key = keyName(task.taskName);
  const caller = currentTask();
  const { key: dynamic_key, opaque } = (caller?.keys ?? scope.keys).next(task_key, input);
  if (opaque) warnOfOpaque(scope, `task '${task.taskName}'`, opaque);
  const key = checkpointKey(task_key, dynamic_key);
  const { id, state } = scope.taskRuns.get(key) ?? { id: uuidv7(), state: null };
  if (task.options.checkpoint !== false && isCheckpoint(state)) return (await readResult(scope.client, state)) as Awaited<Out>;
  // A task that is done again is the same task run: slots are taken in its name.
  scope.taskRuns.set(key, { id, state: null });
  const name = runName(task.options.runName, input, flowLog(scope).warn) ?? safeName(`${task.taskName}-${dynamic_key.slice(-8)}`);
  const within = [{ type: 'task_run' as const, id }, ...(caller?.within ?? scope.within)];
  const cache_key = cacheKey(task as AnyTask, { task, run: scope.info }, input, flowLog(scope).warn);
  const done = tryTask(scope, task, input, { id, within, name, task_key, dynamic_key, cache_key });
  scope.running.add(done);
  done.catch(() => {}).finally(() => scope.running.delete(done));
  return scope.waits.standStill(caller?.work, scope.stop.signal, () => done);
}

async function tryTask<In, Out>(scope: FlowRunScope, task: Task<In, Out>, input: In, identity: TaskRunIdentity): Promise<Awaited<Out>> {
  const work = scope.waits.startWork();
  try {
    for (;;) {
      await scope.waits.ready(scope.stop.signal);
      const outcome = await tryOnce(scope, task, input, identity, work);
      if ('value' in outcome) return outcome.value;
      if ('error' in outcome) throw outcome.error;
      await scope.waits.rest(work, () => ('pauseMs' in outcome ? pause(outcome.pauseMs, scope.stop.signal) : untilRunning(scope)));
    }
  } finally {
    scope.waits.endWork(work);
  }
}

type Outcome<Out> = { readonly value: Awaited<Out> } | { readonly error: unknown } | { readonly pauseMs: number } | { readonly isFlowPaused: true };

/** One try: slots of the tags, RUNNING, the body, its end. The slots are free again before a pause. */
async function tryOnce<In, Out>(scope: FlowRunScope, task: Task<In, Out>, input: In, identity: TaskRunIdentity, work: Work): Promise<Outcome<Out>> {
  const release = await takeTagSlots(scope, task.options.tags ?? [], identity, work);
  try {
    const started = await start(scope, task, input, identity);
    if (started.status === 'WAIT') return { pauseMs: (started.details.delay_seconds ?? 1) * 1000 };
    if (started.status === 'REJECT' && started.state?.type === 'PAUSED') return { isFlowPaused: true };
    const one = { scope, task, input, identity: { ...identity, id: started.task_run_id }, work, release };
    if (started.status === 'REJECT' && started.state?.type === 'COMPLETED') {
      const value = (await readCached(scope.client, started.state, identity.cache_key)) as Awaited<Out>;
      await callTaskHooks(one, started.state);
      return { value };
    }
    // REJECT with RUNNING: an answer that got lost, the task has started.
    if (started.status !== 'ACCEPT' && !(started.status === 'REJECT' && started.state?.type === 'RUNNING'))
      throw new LeaseLost(started.details.reason ?? 'The server did not let the task start.');
    return await runToEnd(one, expiryFrom(started.state));
  } finally {
    await release();
  }
}

function start<In, Out>(
  scope: FlowRunScope,
  { options }: Task<In, Out>,
  input: In,
  { id, name, task_key, dynamic_key, cache_key, within }: TaskRunIdentity,
): Promise<OrchestrationResult & { task_run_id: string }> {
  const task_inputs = { input: [{ input_type: 'constant', type: input === null ? 'null' : typeof input }], ...calledIn(within[1]) };
  return beginTaskRun(scope.client, {
    task_run: {
      id,
      name,
      flow_run_id: scope.info.flow_run_id,
      task_key,
      dynamic_key,
      empirical_policy: empiricalPolicy(options),
      tags: [...(options.tags ?? [])],
      task_inputs,
    },
    state: {
      type: 'RUNNING',
      state_details: { transition_id: uuidv7(), ...(cache_key && { cache_key, refresh_cache: options.cache?.refresh === true }) },
    },
  });
}

/** Prefect's word for a result that cannot be read again: the server lets such a task run start again. */
const UNPERSISTED: Json = { type: 'unpersisted' };

interface Try<In, Out> {
  readonly scope: FlowRunScope;
  readonly task: Task<In, Out>;
  readonly input: In;
  readonly identity: TaskRunIdentity;
  readonly work: Work;
  /** Gives the slots of its tags back. */
  readonly release: Release;
}

const taskLog = <In, Out>({ scope, identity: { id, name } }: Try<In, Out>): Logger =>
  scope.logs.logger({ name: 'sluice.task_runs', label: `Task run '${name}'`, flow_run_id: scope.info.flow_run_id, task_run_id: id });

/** Runs code of a task with what belongs to its try. */
function inTask<In, Out, T>(one: Try<In, Out>, signal: AbortSignal, code: (context: RunContext) => T): T {
  const { scope, task, work, identity } = one;
  const { id, task_key, dynamic_key } = identity;
  const context: RunContext = {
    run: { ...scope.info, task_run_id: id, task_name: task.taskName },
    signal,
    log: taskLog(one),
    progress: scope.report,
  };
  const current = { id, work, within: identity.within, keys: new CallKeys(checkpointKey(task_key, dynamic_key)) };
  return withContext({ scope, context, task: current }, () => code(context));
}

async function runToEnd<In, Out>(one: Try<In, Out>, expiry: ExpiryAfter): Promise<Outcome<Out>> {
  const { scope, task, input, identity } = one;
  const { id, name, cache_key } = identity;
  const watch = (atMs: number, seconds: number) =>
    scope.watchDeadline?.({
      atMs,
      isRun: false,
      message: `Its task '${name}' took longer than ${seconds} s, and blocked the event loop of its process.`,
      taskRunId: task.options.retryIf ? undefined : id,
    });
  let kept: Kept;
  try {
    const body = (signal: AbortSignal) => inTask(one, signal, (context) => task.body(input, context));
    const value = await runBody(task.options.timeout, scope.stop.signal, body, watch);
    // A value that is not to be a checkpoint is handed on as it is: nobody will ever read it back.
    kept = task.options.checkpoint === false ? { data: UNPERSISTED, value } : keepResult(value, `task '${task.taskName}'`);
  } catch (error) {
    return fail(one, error);
  }
  try {
    const { expires } = task.options.cache ?? {};
    const state_details = cache_key ? { cache_key, cache_expiration: expires === undefined ? null : expiry(toSeconds(expires)) } : {};
    await callTaskHooks(one, await finish(scope.client, id, { type: 'COMPLETED', data: kept.data, state_details }));
    return { value: kept.value as Awaited<Out> };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return fail(one, notStored(`task '${task.taskName}'`, error));
  }
}

/** The task has ended in this state: others may have its slots. */
async function callTaskHooks<In, Out>(one: Try<In, Out>, state: State | null): Promise<void> {
  const { scope, task, identity, release } = one;
  if (!state) return;
  await release();
  const readRun = () => scope.client.request('GET /task_runs/{id}', { params: { id: identity.id } });
  await inTask(one, scope.stop.signal, ({ log }) => callHooks(task as AnyTask, state, { log, readRun }));
}

async function fail<In, Out>(one: Try<In, Out>, error: unknown): Promise<Outcome<Out>> {
  const { scope, task, identity, release } = one;
  const { signal } = scope.stop;
  const { client } = scope;
  if (signal.aborted) {
    await finish(client, identity.id, { type: 'CANCELLED', message: (signal.reason as Error).message }).catch(() => {});
    throw signal.reason;
  }
  const retriable = await canHelp(task.options, error, taskLog(one).warn);
  const proposed = failed(error, { name: isA(error, TimedOut) ? 'TimedOut' : null, retriable });
  const state = await finish(client, identity.id, proposed).catch((refusal) => {
    if (!isRefusal(refusal)) throw refusal;
    return finish(client, identity.id, refusedEnd(refusal));
  });
  if (state?.type !== 'SCHEDULED') {
    await callTaskHooks(one, state);
    return { error };
  }
  await release();
  // Both times are the database's: this process's clock does not count.
  const due = state.state_details.scheduled_time ?? state.timestamp;
  return { pauseMs: secondsBetween(state.timestamp, due) * 1000 };
}

/** Proposes a task run's end. The state that stands then may be another one: AwaitingRetry in place of FAILED. */
export async function finish(client: Client, id: string, proposed: StateCreate): Promise<State | null> {
  const state = { ...proposed, state_details: { ...proposed.state_details, transition_id: uuidv7() } };
  const result = await client.request('POST /task_runs/{id}/set_state', { params: { id }, body: { state } });
  if (result.status === 'ABORT') throw new LeaseLost(result.details.reason ?? 'The server refused the end of a task.');
  return result.state;
}
