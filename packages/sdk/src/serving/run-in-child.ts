import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Client, startTimer } from '@sluice/client';
import { leaseHeaders } from '@sluice/core/api/lease-header';
import { messageOf } from '@sluice/core/errors/sluice-error';
import { type AskedRun, environmentFor } from './asked-run.ts';

interface Limits {
  readonly signal: AbortSignal;
  readonly grace_seconds: number;
  readonly start_seconds: number;
}

/** Runs a claimed run in a process of this program's own, and resolves when that is gone and the run's end is told. It never throws. */
export async function runInChild(client: Client, run: AskedRun, { signal, grace_seconds, start_seconds }: Limits): Promise<void> {
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
  await conclude(client, run, how).catch((error: unknown) => console.error(`Flow run ${run.flow_run_id}: ${messageOf(error)}`));
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
async function conclude(client: Client, { flow_run_id: id, epoch }: AskedRun, how: string): Promise<void> {
  const { state_type, epoch: now } = await client.request('GET /flow_runs/{id}', { params: { id } });
  if ((now ?? 0) !== epoch || !isHeld(state_type)) return;
  const began = state_type === 'PENDING' ? ', and never came to serve() of its deployment' : '';
  const state =
    state_type === 'CANCELLING'
      ? { type: 'CANCELLED' as const, message: `The run was cancelled; its process ${how}.` }
      : { type: 'CRASHED' as const, message: `Its process ${how} before the run had ended${began}.` };
  await client.with(leaseHeaders(id, epoch)).request('POST /flow_runs/{id}/set_state', { params: { id }, body: { state } });
}

const isHeld = (type: string | null): boolean => type === 'PENDING' || type === 'RUNNING' || type === 'CANCELLING';
