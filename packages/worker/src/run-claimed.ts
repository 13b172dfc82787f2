import { existsSync } from 'node:fs';
import type { Client } from '@sluice/client';
import { messageOf } from '@sluice/core/errors/sluice-error';
import type { ClaimedRun } from '@sluice/core/model/worker';
import { conclude, giveUp } from './conclude.ts';
import { Holding } from './holding.ts';
import { runEnvironment } from './infrastructure/process/environment.ts';
import type { FlowProcess } from './infrastructure/process/flow-process.ts';
import { monotonicMs } from './infrastructure/process/guard/guard.ts';
import type { LimitRun } from './infrastructure/process/limits/limit-run.ts';
import type { RunLimits } from './infrastructure/process/limits/run-limits.ts';
import type { Code, Taken, WarmPool } from './infrastructure/process/warm-pool.ts';
import { codeOf, type JobVariables, jobVariables, sourcesOf } from './job.ts';
import type { HeldRuns } from './leases/held-runs.ts';
import { pause } from './pause.ts';
import { logTeller, type Propose, proposer, type TellLog } from './propose.ts';
import type { WorkerOptions } from './worker-options.ts';

/** A process that cannot be started is tried again so often: its project may be without its packages while they are installed. */
const AGAIN_MS = 1000;

export interface Parts {
  readonly client: Client;
  readonly warm: WarmPool;
  readonly held: HeldRuns;
  readonly limitRun: LimitRun;
  readonly options: WorkerOptions;
  readonly startSeconds: number;
  readonly draining: AbortSignal;
}

/** A claimed run, and what is needed to run it. */
interface Job {
  readonly claimed: ClaimedRun;
  readonly code: Code;
  readonly variables: JobVariables;
  readonly holding: Holding;
  readonly propose: Propose;
  readonly tellLog: TellLog;
}

/** How a run left its process; that the process was stale, or why there was none. */
type Left = { readonly how: string } | 'stale' | { readonly trouble: string };

/** Runs a claimed run in a process of its own, from the claim to the end of the process, and tells the server when that did not. */
export async function runClaimed(claimed: ClaimedRun, parts: Parts): Promise<string> {
  const { client, held, options, draining } = parts;
  const { flow_run, epoch, lease_seconds } = claimed;
  const variables = jobVariables(claimed.deployment?.job_variables, flow_run.job_variables);
  const code = codeOf(claimed, variables);
  const propose = proposer(client, flow_run.id, epoch);
  if (typeof code === 'string') return propose({ type: 'CRASHED', message: code, state_details: { retriable: false } });

  const holding = new Holding(options.graceSeconds);
  holding.prolong(monotonicMs() + lease_seconds * 850);
  held.add({
    flow_run_id: flow_run.id,
    epoch,
    state_id: flow_run.state_id,
    cancel: () => holding.stop('Cancelled'),
    lose: () => holding.lose(),
    prolong: (deadline) => holding.prolong(deadline),
    stalledSeconds: () => holding.stalledSeconds(),
  });
  const onDrain = () => holding.drain();
  draining.addEventListener('abort', onDrain);
  if (draining.aborted) onDrain();
  try {
    return await runUntilEnded({ claimed, code, variables, holding, propose, tellLog: logTeller(client, flow_run.id) }, parts);
  } finally {
    draining.removeEventListener('abort', onDrain);
    holding.done();
    held.delete(flow_run.id);
  }
}

/** In one process, or in others when the first was stale or could not be started. */
async function runUntilEnded(job: Job, parts: Parts): Promise<string> {
  const { holding, propose, tellLog } = job;
  const startBy = performance.now() + parts.startSeconds * 1000;
  let told = '';
  for (let anew = false; ; anew = true) {
    const left = holding.signal.aborted ? { trouble: 'stopped' } : await runOnce(job, parts, anew);
    if (left === 'stale') continue;
    if ('how' in left) return left.how;
    if (holding.isLost) return 'lost';
    if (holding.asked) return giveUp(holding, propose);
    if (performance.now() > startBy || !existsSync(job.code.path))
      return propose({ type: 'CRASHED', message: `Its process cannot be started: ${left.trouble}`, state_details: { retriable: false } });
    if (left.trouble !== told)
      await tellLog('error', `Its process cannot be started: ${left.trouble}\nIt is tried again until ${parts.startSeconds} s have passed.`);
    told = left.trouble;
    await pause(AGAIN_MS, holding.signal);
  }
}

async function runOnce(job: Job, parts: Parts, anew: boolean): Promise<Left> {
  const { code, variables, holding, propose, tellLog } = job;
  const { warm, startSeconds } = parts;
  let taken: Taken;
  try {
    taken = warm.take(code, { comesBack: comesBack(variables), anew });
  } catch (error) {
    return { trouble: messageOf(error).split('\n')[0] ?? '' };
  }
  const child = taken.process;
  holding.attach(child);
  let limits: RunLimits | undefined;
  let isKept = false;
  try {
    limits = await parts.limitRun(child.pid, variables);
    // Which limits hold, and who holds them.
    if (limits) void tellLog('info', `Limits of the process: ${limits.how}.`);
    const exit = await run(job, parts, taken);
    if ('rssMb' in exit) {
      // At once: the next run may be here already.
      child.rest();
      isKept = warm.giveBack(code, child, exit.rssMb);
      return { how: child.finished ?? 'Completed' };
    }
    // A spare that did not get as far as to the run has met what was on disk before.
    if (child.stale || (!taken.anew && child.loading > 0 && !holding.signal.aborted)) return 'stale';
    if (!child.isReady && !child.killed && !holding.signal.aborted) return { trouble: child.failure ?? lastLine(child.complaints) };
    return { how: await conclude({ process: child, exit, holding, limits, heapMb: code.heapMb, startSeconds, propose, tellLog }) };
  } catch (error) {
    child.failure ??= messageOf(error);
    child.kill();
    const exit = await child.exited;
    return { how: await conclude({ process: child, exit, holding, limits, heapMb: code.heapMb, startSeconds, propose, tellLog }) };
  } finally {
    holding.detach();
    if (!isKept) {
      warm.lose(child);
      child.end();
    }
    await limits?.release();
  }
}

const comesBack = ({ runsPerProcess, memoryMb, cpu }: JobVariables): boolean => runsPerProcess > 1 && memoryMb === undefined && cpu === undefined;

/** Gives the run to its process, and waits for its end there. */
function run(
  { claimed, code, variables, holding, tellLog }: Job,
  { options }: Parts,
  { process: child, anew }: Taken,
): ReturnType<FlowProcess['run']> {
  const { api, name: worker_name, loggingLevel: logging_level, cleanEnv: clean } = options;
  const isFirst = child.runs === 0;
  void child.load({ type: 'load', ...code, api_url: api.api_url }).then(() => {
    holding.begin();
    // What belongs to another run of its process stays there.
    const printed = child.takePrinted();
    if (isFirst && printed) void tellLog('info', `Printed while its code was loaded:\n${printed.trimEnd()}`);
  });
  const keep = comesBack(variables) && child.runs + 1 < variables.runsPerProcess;
  const needs = { clean, sources: sourcesOf(claimed), env: code.env, apiUrl: api.api_url, token: claimed.token };
  const env = runEnvironment(process.env, needs);
  return child.run({ type: 'run', entrypoint: code.entrypoint, claimed, env, worker_name, logging_level, anew, keep });
}

const lastLine = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .findLast((line) => /\w/.test(line)) ?? 'it ended at once';
