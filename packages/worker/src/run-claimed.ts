import { type Client, monotonicMs } from '@sluice/client';
import { proposer } from '@sluice/client/proposer';
import { messageOf } from '@sluice/core/errors/sluice-error';
import type { State } from '@sluice/core/model/state';
import type { ClaimedRun } from '@sluice/core/model/worker';
import type { Propose } from '@sluice/core/process/end-overdue';
import { leaseDeadline } from '@sluice/core/process/lease-deadline';
import type { CodeFinder, FoundCode } from './bundles/find-code.ts';
import { codeTrouble, TRIED_AGAIN } from './code-trouble.ts';
import { conclude, giveUp } from './conclude.ts';
import { Holding } from './holding.ts';
import type { Infrastructure, Left, Place, RunOrder } from './infrastructure/infrastructure.ts';
import { codeOf, jobVariables } from './job.ts';
import type { HeldRuns } from './leases/held-runs.ts';
import { pause } from './pause.ts';
import { logTeller } from './tell-log.ts';

/** A place that cannot be had is asked for again so often: its project may be without its packages while they are installed. */
const AGAIN_MS = 1000;

export interface Deps {
  readonly client: Client;
  readonly infrastructure: Infrastructure;
  readonly held: HeldRuns;
  readonly codes: CodeFinder;
  readonly startSeconds: number;
  readonly draining: AbortSignal;
}

/** A claimed run, and what is needed to run it. */
interface HeldOrder extends Omit<RunOrder, 'anew'> {
  readonly holding: Holding;
  readonly propose: Propose;
}

/** Runs a claimed run in a place of its own, from the claim to the end of the place, and tells the server when that did not. */
export async function runClaimed(claimed: ClaimedRun, deps: Deps): Promise<string> {
  const { client, held, draining } = deps;
  const { flow_run, epoch, lease_seconds } = claimed;
  const variables = jobVariables(claimed.deployment?.job_variables, flow_run.job_variables);
  const wanted = codeOf(claimed, variables);
  const propose = proposer(client, flow_run.id, epoch);
  if (typeof wanted === 'string') return (await propose({ type: 'CRASHED', message: wanted, state_details: { retriable: false } })).how;

  const holding = new Holding();
  holding.prolong(leaseDeadline(monotonicMs(), lease_seconds));
  held.add({
    flow_run_id: flow_run.id,
    epoch,
    state_id: flow_run.state_id,
    cancel: () => holding.stop('Cancelled'),
    lose: () => holding.lose(),
    prolong: (deadline) => holding.prolong(deadline),
    stalledSeconds: () => holding.stalledSeconds(),
  });
  // Once its lease is over the server takes nothing of a run, and one that is away is not waited for by a worker that stops.
  const overAtStop = Promise.withResolvers<string>();
  const ended = new AbortController();
  const onDrain = () => {
    holding.drain();
    void holding.over(ended.signal).then(() => overAtStop.resolve('lost'));
  };
  draining.addEventListener('abort', onDrain);
  if (draining.aborted) onDrain();
  const onAsleep = () => holding.stop('WorkerShutdown');
  try {
    const order = { claimed, wanted, variables, onAsleep, holding, propose, tellLog: logTeller(client, flow_run.id) };
    return await Promise.race([runUntilEnded(order, deps), overAtStop.promise]);
  } finally {
    ended.abort();
    draining.removeEventListener('abort', onDrain);
    held.delete({ flow_run_id: flow_run.id, epoch });
  }
}

/** In one place, or in others when the first was of no use or could not be had. */
async function runUntilEnded(order: HeldOrder, deps: Deps): Promise<string> {
  const { holding, propose, tellLog } = order;
  const { startSeconds } = deps;
  const startBy = performance.now() + startSeconds * 1000;
  let told = '';
  for (let anew = false; ; anew = true) {
    const left = await runOnce(order, anew, deps);
    if (left.type !== 'unused') {
      const { how, state } = await conclude(left, order);
      if (state && 'hooksOf' in left && left.hooksOf?.includes(state.type)) await callHooks(order, state, deps);
      return how;
    }
    if (holding.isLost) return 'lost';
    if (holding.asked) return (await giveUp(holding.asked, propose)).how;
    if (!left.trouble) continue;
    const { message, isLasting } = left.trouble;
    if (performance.now() > startBy || isLasting) return (await propose({ type: 'CRASHED', message, state_details: { retriable: false } })).how;
    if (message !== told) await tellLog('error', TRIED_AGAIN(message, startSeconds));
    told = message;
    await pause(AGAIN_MS, holding.signal);
  }
}

async function runOnce(order: HeldOrder, anew: boolean, { infrastructure, codes }: Deps): Promise<Left> {
  const { holding, wanted } = order;
  if (holding.signal.aborted) return { type: 'unused' };
  if (infrastructure.codeIs === 'there') return liveIn(infrastructure.start({ ...order, anew }), holding);
  let found: FoundCode | undefined;
  try {
    found = await unlessStopped(codes.find(wanted), holding.signal);
  } catch (error) {
    return { type: 'unused', trouble: codeTrouble(error) };
  }
  if (!found) return { type: 'unused' };
  return liveIn(infrastructure.start({ ...order, code: found.code, anew }), holding).finally(found.release);
}

/** Its process is gone, and so another one calls the hooks of its end. The run has ended whatever becomes of them. */
async function callHooks(order: HeldOrder, state: State, { infrastructure, codes }: Deps): Promise<void> {
  const { wanted, tellLog } = order;
  if (infrastructure.codeIs === 'there') return;
  try {
    const { code, release } = await codes.find(wanted);
    await infrastructure.callHooks({ ...order, code, anew: true }, state).finally(release);
  } catch (error) {
    await tellLog('error', `No hook of the state ${state.name} was called: ${messageOf(error)}`);
  }
}

async function liveIn(place: Place, holding: Holding): Promise<Left> {
  holding.attach(place);
  try {
    return await place.ended;
  } finally {
    holding.detach();
  }
}

/** To fetch code may take long, and others may wait for the same: who is stopped meanwhile waits no longer. */
async function unlessStopped(finding: Promise<FoundCode>, signal: AbortSignal): Promise<FoundCode | undefined> {
  const stopped = Promise.withResolvers<undefined>();
  const onStop = () => stopped.resolve(undefined);
  signal.addEventListener('abort', onStop);
  if (signal.aborted) onStop();
  try {
    const found = await Promise.race([finding, stopped.promise]);
    if (found && !signal.aborted) return found;
  } finally {
    signal.removeEventListener('abort', onStop);
  }
  void finding.then(
    ({ release }) => release(),
    () => {}, // nobody wants it any more
  );
  return undefined;
}
