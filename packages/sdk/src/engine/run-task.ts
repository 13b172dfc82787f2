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
import type { Task } from '../model/task.ts';
import { isCheckpoint, type Kept, keepResult, readResult } from '../runs/results.ts';
import { isA } from '../text/show.ts';
import { calledIn } from './called-in.ts';
import { canHelp, failed, isRefusal, notStored, refusedEnd } from './ends.ts';
import { checkpointKey, type FlowRunScope, flowLog, warnOfOpaque } from './flow-run-scope.ts';
import { CallKeys } from './keys.ts';
import { keyName, runName, safeName } from './names.ts';
import { runBody } from './run-body.ts';
import { type Release, takeTagSlots } from './tag-slots.ts';
import type { Work } from './wait-hub.ts';

interface TaskRunIdentity {
  readonly id: string;
  readonly within: readonly LeaseHolder[];
  readonly name: string;
  readonly task_key: string;
  readonly dynamic_key: string;
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
  const done = tryTask(scope, task, input, { id, within, name, task_key, dynamic_key });
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
      await scope.waits.rest(work, () => pause(outcome.pauseMs, scope.stop.signal));
    }
  } finally {
    scope.waits.endWork(work);
  }
}

type Outcome<Out> = { readonly value: Awaited<Out> } | { readonly error: unknown } | { readonly pauseMs: number };

/** One try: slots of the tags, RUNNING, the body, its end. The slots are free again before a pause. */
async function tryOnce<In, Out>(scope: FlowRunScope, task: Task<In, Out>, input: In, identity: TaskRunIdentity, work: Work): Promise<Outcome<Out>> {
  const release = await takeTagSlots(scope, task.options.tags ?? [], identity, work);
  try {
    const started = await start(scope, task, input, identity);
    if (started.status === 'WAIT') return { pauseMs: (started.details.delay_seconds ?? 1) * 1000 };
    if (started.status === 'REJECT' && started.state?.type === 'COMPLETED')
      return { value: (await readResult(scope.client, started.state)) as Awaited<Out> };
    // REJECT with RUNNING: an answer that got lost, the task has started.
    if (started.status !== 'ACCEPT' && !(started.status === 'REJECT' && started.state?.type === 'RUNNING'))
      throw new LeaseLost(started.details.reason ?? 'The server did not let the task start.');
    return await runToEnd({ scope, task, input, identity: { ...identity, id: started.task_run_id }, work }, release);
  } finally {
    await release();
  }
}

function start<In, Out>(
  scope: FlowRunScope,
  { options }: Task<In, Out>,
  input: In,
  { id, name, task_key, dynamic_key, within }: TaskRunIdentity,
): Promise<OrchestrationResult & { task_run_id: string }> {
  const delay = options.retryDelay ?? 0;
  const empirical_policy = {
    max_retries: options.retries ?? 0,
    retry_delay_seconds: 0,
    retries: options.retries ?? 0,
    retry_delay: Array.isArray(delay) ? delay.map(toSeconds) : toSeconds(delay as number),
    retry_jitter_factor: options.retryJitter ?? null,
  };
  const task_inputs = { input: [{ input_type: 'constant', type: input === null ? 'null' : typeof input }], ...calledIn(within[1]) };
  return scope.client.request('POST /task_runs/step', {
    body: {
      task_run: {
        id,
        name,
        flow_run_id: scope.info.flow_run_id,
        task_key,
        dynamic_key,
        empirical_policy,
        tags: [...(options.tags ?? [])],
        task_inputs,
      },
      state: { type: 'RUNNING', state_details: { transition_id: uuidv7() } },
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
}

async function runToEnd<In, Out>(one: Try<In, Out>, release: Release): Promise<Outcome<Out>> {
  const { scope, task, input, identity, work } = one;
  const { id, name, task_key, dynamic_key } = identity;
  const log = scope.logs.logger({ name: 'sluice.task_runs', label: `Task run '${name}'`, flow_run_id: scope.info.flow_run_id, task_run_id: id });
  const watch = (atMs: number, seconds: number) =>
    scope.watchDeadline?.({
      atMs,
      isRun: false,
      message: `Its task '${name}' took longer than ${seconds} s, and blocked the event loop of its process.`,
      taskRunId: task.options.retryIf ? undefined : id,
    });
  let kept: Kept;
  try {
    const body = (signal: AbortSignal) => {
      const context: RunContext = { run: { ...scope.info, task_run_id: id, task_name: task.taskName }, signal, log, progress: scope.report };
      const current = { id, work, within: identity.within, keys: new CallKeys(checkpointKey(task_key, dynamic_key)) };
      return withContext({ scope, context, task: current }, () => task.body(input, context));
    };
    const value = await runBody(task.options.timeout, scope.stop.signal, body, watch);
    // A value that is not to be a checkpoint is handed on as it is: nobody will ever read it back.
    kept = task.options.checkpoint === false ? { data: UNPERSISTED, value } : keepResult(value, `task '${task.taskName}'`);
  } catch (error) {
    return fail(one, error, log, release);
  }
  try {
    await finish(scope.client, id, { type: 'COMPLETED', data: kept.data });
    return { value: kept.value as Awaited<Out> };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return fail(one, notStored(`task '${task.taskName}'`, error), log, release);
  }
}

async function fail<In, Out>({ scope, task, identity }: Try<In, Out>, error: unknown, log: Logger, release: Release): Promise<Outcome<Out>> {
  const { signal } = scope.stop;
  const { client } = scope;
  if (signal.aborted) {
    await finish(client, identity.id, { type: 'CANCELLED', message: (signal.reason as Error).message }).catch(() => {});
    throw signal.reason;
  }
  const retriable = await canHelp(task.options, error, log.warn);
  const proposed = failed(error, { name: isA(error, TimedOut) ? 'TimedOut' : null, retriable });
  const state = await finish(client, identity.id, proposed).catch((refusal) => {
    if (!isRefusal(refusal)) throw refusal;
    return finish(client, identity.id, refusedEnd(refusal));
  });
  if (state?.type !== 'SCHEDULED') return { error };
  await release();
  // Both times are the database's: this process's clock does not count.
  const due = state.state_details.scheduled_time ?? state.timestamp;
  return { pauseMs: secondsBetween(state.timestamp, due) * 1000 };
}

/** Proposes a task run's end. The state that stands then may be another one: AwaitingRetry in place of FAILED. */
async function finish(client: Client, id: string, proposed: StateCreate): Promise<State | null> {
  const state = { ...proposed, state_details: { ...proposed.state_details, transition_id: uuidv7() } };
  const result = await client.request('POST /task_runs/{id}/set_state', { params: { id }, body: { state } });
  if (result.status === 'ABORT') throw new LeaseLost(result.details.reason ?? 'The server refused the end of a task.');
  return result.state;
}
