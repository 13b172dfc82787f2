import { type Client, startTimer, type Timer } from '@sluice/client';
import { isSluiceError, messageOf } from '@sluice/core/errors/sluice-error';
import type { StateCreate } from '@sluice/core/model/state';
import type { ClaimedRun } from '@sluice/core/model/worker';
import { uuidv7 } from 'uuidv7';
import { monotonicMs } from './guard/guard.ts';
import type { HeldRuns } from './held-runs.ts';
import { codeOf, jobVariables } from './job.ts';
import type { LimitRun } from './limits/limit-run.ts';
import type { RunLimits } from './limits/run-limits.ts';
import { pause } from './pause.ts';
import type { Exit, FlowProcess } from './process/flow-process.ts';
import type { WarmPool } from './process/warm-pool.ts';
import type { WorkerOptions } from './worker-options.ts';

/** A draining worker looks so often whether a run has come to wait. */
const LOOK_AGAIN_MS = 1000;

interface Parts {
  readonly client: Client;
  readonly warm: WarmPool;
  readonly held: HeldRuns;
  readonly limitRun: LimitRun;
  readonly options: WorkerOptions;
  readonly draining: AbortSignal;
}

/** Runs a claimed run in a process of its own, from the claim to the end of the process, and tells the server when that did not. */
export async function runClaimed(claimed: ClaimedRun, parts: Parts): Promise<string> {
  const { client, warm, held, limitRun, options, draining } = parts;
  const { flow_run, epoch, lease_seconds } = claimed;
  const variables = jobVariables(claimed.deployment?.job_variables, flow_run.job_variables);
  const code = codeOf(claimed.deployment, variables);
  const propose = proposer(client, flow_run.id, epoch);
  if (typeof code === 'string') return propose({ type: 'CRASHED', message: code, state_details: { retriable: false } });

  const { memoryMb, cpu, runsPerProcess } = variables;
  const comesBack = runsPerProcess > 1 && memoryMb === undefined && cpu === undefined;
  let child: FlowProcess;
  try {
    child = warm.take(code, { comesBack });
  } catch (error) {
    return propose({ type: 'CRASHED', message: `Its process cannot be started: ${messageOf(error)}`, state_details: { retriable: false } });
  }
  const stopping = new Stopping(child, options.graceSeconds);
  held.add({
    flow_run_id: flow_run.id,
    epoch,
    state_id: flow_run.state_id,
    cancel: () => stopping.stop('Cancelled'),
    lose: () => child.kill(),
    prolong: (deadline) => child.prolong(deadline),
    stalledSeconds: () => child.stalledSeconds(),
  });
  const onDrain = () => void handBackWhenAsleep(client, flow_run.id, child, stopping).catch(() => {});
  if (draining.aborted) onDrain();
  else draining.addEventListener('abort', onDrain);
  let limits: RunLimits | undefined;
  let isKept = false;
  try {
    child.prolong(monotonicMs() + lease_seconds * 850);
    limits = await limitRun(child.pid, { memoryMb, cpu });
    if (limits) tellLimits(client, flow_run.id, limits);
    await child.load({ type: 'load', ...code, api: options.api });
    const keep = comesBack && child.runs + 1 < runsPerProcess;
    const { api, name: worker_name, loggingLevel: logging_level } = options;
    const ended = child.run({ type: 'run', entrypoint: code.entrypoint, claimed, api, worker_name, logging_level, keep });
    const exit = await ended;
    if ('rssMb' in exit) {
      // At once: the next run may be here already.
      child.rest();
      isKept = warm.giveBack(code, child, exit.rssMb);
    }
    if ('rssMb' in exit) return child.finished ?? 'Completed';
    if (!child.stale) return await conclude(child, exit, stopping, limits, propose);
  } catch (error) {
    child.kill();
    const exit = await child.exited;
    return await conclude(child, exit, stopping, limits, propose, messageOf(error));
  } finally {
    draining.removeEventListener('abort', onDrain);
    stopping.done();
    held.delete(flow_run.id);
    if (!isKept) {
      warm.lose(child);
      child.end();
    }
    await limits?.release();
  }
  return runClaimed(claimed, parts);
}

/** Which limits hold, and who holds them, stands in the run's log. */
function tellLimits(client: Client, flow_run_id: string, { how }: RunLimits): void {
  const line = { name: 'sluice.worker', level: 20, message: `Limits of the process: ${how}.`, timestamp: new Date().toISOString(), flow_run_id };
  void client.request('POST /logs/', { body: [line] }).catch(() => {});
}

/** Asks a process to stop, and kills its group when it has not after the grace time. */
class Stopping {
  readonly #child: FlowProcess;
  readonly #graceSeconds: number;
  #timer: Timer | undefined;
  asked: 'Cancelled' | 'WorkerShutdown' | undefined;

  constructor(child: FlowProcess, graceSeconds: number) {
    this.#child = child;
    this.#graceSeconds = graceSeconds;
  }

  stop(reason: 'Cancelled' | 'WorkerShutdown'): void {
    if (this.asked) return;
    this.asked = reason;
    this.#child.send({ type: 'cancel', reason });
    this.#timer = startTimer(this.#graceSeconds * 1000, () => this.#child.kill());
  }

  done(): void {
    this.#timer?.stop();
  }
}

/** A draining worker waits for runs that work. One that only waits for others may wait for ever: it is handed back, now or when it comes to wait. */
async function handBackWhenAsleep(client: Client, id: string, child: FlowProcess, stopping: Stopping): Promise<void> {
  const gone = new AbortController();
  void child.exited.then(() => gone.abort());
  while (!gone.signal.aborted && !stopping.asked) {
    const { waiting_on } = await client.request('GET /flow_runs/{id}', { params: { id } });
    if (waiting_on) stopping.stop('WorkerShutdown');
    else await pause(LOOK_AGAIN_MS, gone.signal);
  }
}

type Propose = (state: StateCreate) => Promise<string>;

function proposer(client: Client, id: string, epoch: number): Propose {
  const headers = { 'x-sluice-lease': `${id}:${epoch}` };
  return async (proposed) => {
    const state = { ...proposed, state_details: { ...proposed.state_details, transition_id: uuidv7() } };
    try {
      const result = await client.request('POST /flow_runs/{id}/set_state', { params: { id }, body: { state } }, { headers });
      return result.state?.name ?? result.status;
    } catch (error) {
      if (isSluiceError(error) && error.code === 'NOT_FOUND') return 'deleted';
      throw error;
    }
  };
}

/** What a process that is gone means for its run. */
async function conclude(
  child: FlowProcess,
  { code, signal }: Exit,
  stopping: Stopping,
  limits: RunLimits | undefined,
  propose: Propose,
  failure?: string,
): Promise<string> {
  if (child.finished !== undefined) return child.finished;
  if (stopping.asked === 'Cancelled')
    return propose({ type: 'CANCELLED', message: 'The run was cancelled; its process was killed after the grace time.' });
  if (stopping.asked === 'WorkerShutdown')
    return propose({ type: 'SCHEDULED', message: 'Handed back: its worker is stopping, and its process was killed after the grace time.' });
  // Node aborts itself when its heap is full, and the heap is a share of the run's memory.
  if (limits?.memoryMb && (signal === 'SIGABRT' || (await limits.ranOutOfMemory()))) {
    return propose({
      type: 'CRASHED',
      message: `Its process needed more than its ${limits.memoryMb} MB of memory.`,
      state_details: { retriable: false },
    });
  }
  const how = signal ? `was ended by ${signal}` : `exited with code ${code}`;
  const why = failure ?? child.failure;
  return propose({ type: 'CRASHED', message: `Its process ${how}${why ? `: ${why.split('\n')[0]}` : ''}.` });
}
