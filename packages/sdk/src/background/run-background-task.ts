import { type Client, pause } from '@sluice/client';
import type { State, StateCreate } from '@sluice/core/model/state';
import type { TaskRun } from '@sluice/core/model/task-run';
import { callHooks } from '../engine/call-hooks.ts';
import { canHelp, failed, isRefusal, notStored, refusedEnd } from '../engine/ends.ts';
import { runBody } from '../engine/run-body.ts';
import { finish } from '../engine/run-task.ts';
import { TimedOut } from '../errors.ts';
import type { LogShipper } from '../logs/logging.ts';
import type { Logger } from '../model/run.ts';
import type { AnyTask } from '../model/task.ts';
import { type Kept, keepResult } from '../runs/results.ts';
import { isA } from '../text/show.ts';
import { logOfThrown } from '../text/thrown.ts';
import { readInput } from './delay-task.ts';

interface Served {
  readonly client: Client;
  readonly logs: LogShipper;
  /** This process, as its task runs name it. */
  readonly worker: string;
  /** Aborted when a task that still runs is to be handed back. */
  readonly abandon: AbortSignal;
}

/** By this both servers know a background task, and what they schedule again of it is offered again. */
const DEFERRED = { deferred: true } as const;

/**
 * Proposes RUNNING. False when the run is not ours: another process has it, or it has ended. Who proposes it by the state that was offered
 * makes one transition of it, so that of two who were offered the same state one begins.
 */
export async function beginTask(
  { client, worker }: Served,
  { id, state_id }: Pick<TaskRun, 'id' | 'state_id'>,
  signal: AbortSignal,
): Promise<boolean> {
  const message = `Runs in ${worker}.`;
  for (;;) {
    const result = await client.request('POST /task_runs/{id}/set_state', {
      params: { id },
      body: { state: { type: 'RUNNING', message, state_details: { ...DEFERRED, transition_id: state_id } } },
    });
    if (result.status === 'ACCEPT') return true;
    if (result.status !== 'WAIT') return result.state?.type === 'RUNNING' && result.state.message === message;
    await pause((result.details.delay_seconds ?? 1) * 1000, signal);
  }
}

/** Runs a task run that has begun here, to its end or to its next try, which whoever serves the task is offered. It never throws. */
export async function runBackgroundTask(served: Served, task: AnyTask, taskRun: TaskRun): Promise<void> {
  const { client, logs, worker } = served;
  const { id, name } = taskRun;
  const log = logs.logger({ name: 'sluice.task_runs', label: `Task run '${name}'`, flow_run_id: null, task_run_id: id });
  try {
    const { ourRoutes } = await client.capabilities();
    let state = await runToState(served, task, taskRun, log);
    // Prefect's server offers no task a second time: its next try is here.
    for (let tries = taskRun.run_count + 1; state?.type === 'SCHEDULED' && !ourRoutes; tries++) {
      if (!(await beginTask(served, { id, state_id: state.id }, served.abandon))) return;
      state = await runToState(served, task, { ...taskRun, run_count: tries }, log);
    }
    if (state) await callHooks(task, state, { log, readRun: () => client.request('GET /task_runs/{id}', { params: { id } }) });
  } catch (error) {
    log.error(`How it ended in ${worker} could not be told: ${logOfThrown(error)}`);
  } finally {
    await logs.flush();
  }
}

async function runToState({ client, worker, abandon }: Served, task: AnyTask, { id, run_count }: TaskRun, log: Logger): Promise<State | null> {
  const what = `task '${task.taskName}'`;
  let kept: Kept;
  try {
    const input = await readInput(client, id);
    const info = { ...NO_FLOW_RUN, attempt: run_count + 1, worker_name: worker, task_run_id: id, task_name: task.taskName };
    const body = (signal: AbortSignal) => task.body(input, { run: info, signal, log, progress: () => {} });
    kept = keepResult(await runBody(task.options.timeout, abandon, body), what);
  } catch (error) {
    if (abandon.aborted) return handBack(client, id, worker);
    log.error(logOfThrown(error));
    const retriable = await canHelp(task.options, error, log.warn);
    return end(client, id, failed(error, { name: isA(error, TimedOut) ? 'TimedOut' : null, retriable }));
  }
  return end(client, id, { type: 'COMPLETED', data: kept.data }, what);
}

const NO_FLOW_RUN = { flow_run_id: '', flow_run_name: '', flow_name: '', deployment_id: null, parameters: {}, epoch: 0 };

/** Proposes an end. A result that the server does not store makes a failure that says so. */
async function end(client: Client, id: string, proposed: StateCreate, what?: string): Promise<State | null> {
  const propose = (state: StateCreate) => finish(client, id, { ...state, state_details: { ...state.state_details, ...DEFERRED } });
  try {
    return await propose(proposed);
  } catch (refusal) {
    if (!isRefusal(refusal)) throw refusal;
    return propose(what === undefined ? refusedEnd(refusal) : failed(notStored(what, refusal), { retriable: false }));
  }
}

/** Another process is offered it, at once. It keeps the tries that it has had. */
async function handBack(client: Client, id: string, worker: string): Promise<null> {
  await finish(client, id, { type: 'SCHEDULED', message: `${worker} was stopped before it had ended.`, state_details: DEFERRED });
  return null;
}
