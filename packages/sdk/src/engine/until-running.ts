import { monotonicMs, pause } from '@sluice/client';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { LeaseLost, RunAborted, TimedOut } from '../errors.ts';
import type { FlowRunScope } from './flow-run-scope.ts';

/** One answer of the server takes at most so long. */
const WAIT_SECONDS = 30;
/** The poll for a server that has no `/flow_runs/wait`. */
const POLL_MS = 1000;

export const NEVER_RESUMED = 'The flow run was paused and never resumed.';

/** Resolves when the run of this process, which is paused, runs again; fails with TimedOut after so many seconds. */
export async function untilRunning(scope: FlowRunScope, seconds = Number.POSITIVE_INFINITY): Promise<void> {
  const endMs = monotonicMs() + seconds * 1000;
  let known: string | null = null;
  for (;;) {
    const left = Math.max(0, endMs - monotonicMs());
    const run = await newer(scope, known, left);
    if (run?.state_type === 'RUNNING') return;
    if (run?.state_type === 'CANCELLING') throw new RunAborted('Cancelled', 'The run was cancelled.');
    if (run && run.state_type !== 'PAUSED') throw new LeaseLost(run.state?.message ?? `The run is ${run.state_name}.`);
    if (left === 0) throw new TimedOut(NEVER_RESUMED);
    known = run?.state_id ?? known;
  }
}

/** The run as it is when its state is not the known one, waited for so long; undefined when there is no news. */
async function newer({ client, info: { flow_run_id: id }, stop }: FlowRunScope, known: string | null, ms: number): Promise<FlowRun | undefined> {
  const { signal } = stop;
  signal.throwIfAborted();
  const { ourRoutes } = await client.capabilities();
  if (!ourRoutes || known === null) {
    if (known !== null) await pause(Math.min(POLL_MS, ms), signal);
    const run = await client.request('GET /flow_runs/{id}', { params: { id } }, { signal });
    return run.state_id === known ? undefined : run;
  }
  const wait_seconds = Math.min(WAIT_SECONDS, ms / 1000);
  // The run waits for nobody but a person: in the server's notes of who waits for whom it does not stand.
  const body = { ids: [id], since: { [id]: known }, wait_seconds, waits: [] };
  return (await client.request('POST /flow_runs/wait', { body }, { signal })).flow_runs[0];
}
