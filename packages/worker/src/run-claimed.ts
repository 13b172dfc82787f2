import { type Client, monotonicMs } from '@sluice/client';
import { proposer } from '@sluice/client/proposer';
import { isSluiceError, messageOf } from '@sluice/core/errors/sluice-error';
import type { ClaimedRun } from '@sluice/core/model/worker';
import type { Propose } from '@sluice/core/process/end-overdue';
import { leaseDeadline } from '@sluice/core/process/lease-deadline';
import type { CodeFinder, FoundCode } from './bundles/find-code.ts';
import { conclude, giveUp } from './conclude.ts';
import { Holding } from './holding.ts';
import type { Infrastructure, Left, RunOrder } from './infrastructure/infrastructure.ts';
import { codeOf, jobVariables, type WantedCode } from './job.ts';
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
interface HeldOrder extends Omit<RunOrder, 'anew' | 'code'> {
  readonly wanted: WantedCode;
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
  if (typeof wanted === 'string') return propose({ type: 'CRASHED', message: wanted, state_details: { retriable: false } });

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
  const onDrain = () => holding.drain();
  draining.addEventListener('abort', onDrain);
  if (draining.aborted) onDrain();
  const onAsleep = () => holding.stop('WorkerShutdown');
  try {
    return await runUntilEnded({ claimed, wanted, variables, onAsleep, holding, propose, tellLog: logTeller(client, flow_run.id) }, deps);
  } finally {
    draining.removeEventListener('abort', onDrain);
    held.delete(flow_run.id);
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
    if (left.type !== 'unused') return conclude(left, order);
    if (holding.isLost) return 'lost';
    if (holding.asked) return giveUp(holding.asked, propose);
    if (!left.trouble) continue;
    const { isLasting, ofCode } = left.trouble;
    const message = `${ofCode ? 'Its code cannot be had' : 'Its process cannot be started'}: ${left.trouble.message}`;
    if (performance.now() > startBy || isLasting) return propose({ type: 'CRASHED', message, state_details: { retriable: false } });
    if (message !== told) await tellLog('error', `${message}\nIt is tried again until ${startSeconds} s have passed.`);
    told = message;
    await pause(AGAIN_MS, holding.signal);
  }
}

async function runOnce({ wanted, ...order }: HeldOrder, anew: boolean, { infrastructure, codes }: Deps): Promise<Left> {
  const { holding } = order;
  if (holding.signal.aborted) return { type: 'unused' };
  let found: FoundCode | undefined;
  try {
    found = await unlessStopped(codes.find(wanted), holding.signal);
  } catch (error) {
    return { type: 'unused', trouble: codeTrouble(error) };
  }
  if (!found) return { type: 'unused' };
  const place = infrastructure.start({ ...order, code: found.code, anew });
  holding.attach(place);
  try {
    return await place.ended;
  } finally {
    holding.detach();
    found.release();
  }
}

/** To fetch code may take long, and others may wait for the same: who is stopped meanwhile waits no longer. */
async function unlessStopped(finding: Promise<FoundCode>, signal: AbortSignal): Promise<FoundCode | undefined> {
  const stopped = Promise.withResolvers<undefined>();
  const onStop = () => stopped.resolve(undefined);
  signal.addEventListener('abort', onStop);
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

const codeTrouble = (error: unknown) => {
  const hint = isSluiceError(error) ? error.hint : undefined;
  const isLasting = isSluiceError(error) && error.code === 'NOT_FOUND';
  return { message: [messageOf(error), hint].filter(Boolean).join(' '), isLasting, ofCode: true };
};
