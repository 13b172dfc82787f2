import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Client, pause, startTimer } from '@sluice/client';
import { leaseHeaders } from '@sluice/core/api/lease-header';
import { messageOf } from '@sluice/core/errors/sluice-error';
import type { FlowRun } from '@sluice/core/model/flow-run';
import type { State } from '@sluice/core/model/state';
import { callHooksOfEnded } from '../engine/call-hooks-of-ended.ts';
import { LogShipper, levelOf } from '../logs/logging.ts';
import type { AnyFlow } from '../model/flow.ts';
import { type AskedRun, environmentFor } from './asked-run.ts';

interface Surroundings {
  readonly flow: AnyFlow;
  readonly signal: AbortSignal;
  readonly logging_level: string;
  readonly grace_seconds: number;
  readonly start_seconds: number;
}

/** Runs a claimed run in a process of this program's own, and resolves when that is gone and the run's end is told. It never throws. */
export async function runInChild(client: Client, run: AskedRun, surroundings: Surroundings): Promise<void> {
  const { signal, grace_seconds, start_seconds } = surroundings;
  // A group of its own: Ctrl+C of a terminal is told by us, once.
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    env: environmentFor(run),
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  const kill = () => killGroup(child);
  let killed: ReturnType<typeof startTimer> | undefined;
  const stop = () => {
    child.kill('SIGTERM');
    killed = startTimer(grace_seconds * 1000, kill);
  };
  const start = startTimer(start_seconds * 1000, () => void isWaiting(client, run).then((waits) => waits && kill()));
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  const how = await once(child, 'exit').then(
    ([code, by]) => (by ? `was ended by ${by}` : `ended with exit code ${code}`),
    (error: unknown) => `could not be started: ${messageOf(error)}`,
  );
  signal.removeEventListener('abort', stop);
  killed?.stop();
  start.stop();
  await conclude(client, run, how, surroundings).catch((error: unknown) => console.error(`Flow run ${run.flow_run_id}: ${messageOf(error)}`));
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // it is gone
  }
}

/** Whether nothing has begun it: its program has not come to `serve`, or waits before it. */
async function isWaiting(client: Client, { flow_run_id: id, epoch }: AskedRun): Promise<boolean> {
  const run = await client.request('GET /flow_runs/{id}', { params: { id } }).catch(() => undefined);
  return run?.state_type === 'PENDING' && (run.epoch ?? 0) === epoch;
}

/** A process that has left its run without an end: of a run that is another's by now nothing is told. */
async function conclude(client: Client, run: AskedRun, how: string, surroundings: Surroundings): Promise<void> {
  const { flow_run_id: id, epoch } = run;
  const flowRun = await client.request('GET /flow_runs/{id}', { params: { id } });
  const { state_type, epoch: now } = flowRun;
  if ((now ?? 0) !== epoch || !isHeld(state_type)) return;
  const began = state_type === 'PENDING' ? ', and never came to serve() of its deployment' : '';
  const state =
    state_type === 'CANCELLING'
      ? { type: 'CANCELLED' as const, message: `The run was cancelled; its process ${how}.` }
      : { type: 'CRASHED' as const, message: `Its process ${how} before the run had ended${began}.` };
  const own = client.with(leaseHeaders(id, epoch));
  const told = await own.request('POST /flow_runs/{id}/set_state', { params: { id }, body: { state } });
  if (told.status === 'ACCEPT' && told.state && state_type !== 'PENDING') await callHooks(own, { run, flowRun, state: told.state }, surroundings);
}

/** This program has the flow at hand. Hooks that take longer than the grace time are not waited for. */
async function callHooks(
  client: Client,
  { run: { epoch, worker }, flowRun, state }: { readonly run: AskedRun; readonly flowRun: FlowRun; readonly state: State },
  { flow, logging_level, grace_seconds }: Surroundings,
): Promise<void> {
  const logs = new LogShipper(client, levelOf(logging_level));
  const late = new AbortController();
  const called = callHooksOfEnded({ client, flow, flowRun, epoch, workerName: worker, logs }, state).finally(() => late.abort());
  await Promise.race([called, pause(grace_seconds * 1000, late.signal).catch(() => called)]);
}

const isHeld = (type: string | null): boolean => type === 'PENDING' || type === 'RUNNING' || type === 'CANCELLING';
