import type { ClaimedRun } from '@sluice/core/model/worker';
import type { Database } from '../db/database.ts';
import type { Outcome } from '../orchestrate/change.ts';
import type { Door } from '../orchestrate/door.ts';
import { proposeFlowRun } from '../orchestrate/propose.ts';
import { type Candidate, readCandidates, readClaimed } from '../store/candidates.ts';
import { countKept } from '../store/slot-counts.ts';
import { readAwake, type WorkerRow } from '../store/workers.ts';
import { assign, type IdleWorker } from './assign.ts';

/** A worker that waits for runs. It has room for as many as its limit has free slots: the server counts, not the worker. */
export interface ClaimWaiter {
  readonly worker: WorkerRow;
  readonly incarnation_id: string;
  readonly queues: readonly string[];
  readonly signal: AbortSignal;
  readonly resolve: (runs: ClaimedRun[]) => void;
}

interface Deps {
  readonly database: Database;
  readonly door: Door;
  readonly newId: () => string;
  readonly leaseSeconds: number;
}

interface Win {
  readonly run: Candidate;
  readonly waiter: ClaimWaiter;
  readonly epoch: number;
}

/**
 * Claims due runs of a pool for its waiters until none is left that fits. Waiters that got runs are answered and leave the set.
 * True when a run could not be looked at, since somebody else held its row for a moment.
 */
export async function claimRound(deps: Deps, poolId: string, waiters: Set<ClaimWaiter>): Promise<boolean> {
  const refused = new Set<string>();
  let held = false;
  for (;;) {
    const waiting = await readRoom(deps, poolId, waiters);
    if (waiting.length === 0) return held;
    const limit = waiting.reduce((sum, { room }) => sum + room, 0);
    const candidates = await readCandidates(deps.database.sql, poolId, { queues: queuesOf(waiting), except: refused, limit });
    const pairs = assign(candidates, waiting);
    if (pairs.length === 0) return held;
    const claims = await claimAll(deps, pairs);
    for (const { run, outcome } of claims) if (!isWon(outcome)) refused.add(run.id);
    held ||= claims.some(({ outcome }) => outcome?.state === null);
    await answer(
      deps,
      claims.flatMap(({ run, waiter, outcome }) => (isWon(outcome) ? [{ run, waiter, epoch: outcome.epoch }] : [])),
      waiters,
    );
  }
}

/** Queues that somebody serves who has room; null when all are. Runs of others would only stand before those that can be claimed. */
function queuesOf(waiting: readonly IdleWorker<ClaimWaiter>[]): string[] | null {
  return waiting.some(({ queues }) => queues.length === 0) ? null : [...new Set(waiting.flatMap(({ queues }) => queues))];
}

/**
 * A worker that has been silent for a lease's time gets nothing: its open request may be all that is left of it. One that is known
 * no more, as its pool was deleted or another has its name, is sent away: it is told why when it asks again.
 */
async function readRoom({ database: { sql }, leaseSeconds }: Deps, poolId: string, waiters: Set<ClaimWaiter>): Promise<IdleWorker<ClaimWaiter>[]> {
  const here = [...waiters].filter(({ worker }) => worker.work_pool_id === poolId);
  const ids = here.map(({ incarnation_id }) => incarnation_id);
  const [kept, awake] = await Promise.all([countKept(sql, ids), readAwake(sql, ids, leaseSeconds)]);
  for (const waiter of here) if (!awake.has(waiter.incarnation_id) && waiters.delete(waiter)) waiter.resolve([]);
  return here
    .filter(({ incarnation_id }) => awake.get(incarnation_id))
    .map((waiter) => ({ waiter, queues: waiter.queues, room: waiter.worker.concurrency_limit - (kept.get(waiter.incarnation_id) ?? 0) }))
    .filter(({ room }) => room > 0);
}

interface Claimed {
  readonly run: Candidate;
  readonly waiter: ClaimWaiter;
  /** Undefined when it could not be asked for: the run is gone, or the database is. */
  readonly outcome: Outcome | undefined;
}

const isWon = (outcome: Outcome | undefined): outcome is Outcome => outcome?.written === true && outcome.status === 'ACCEPT';

/** All claims go to the door at once, and so into one batch. Those that a limit, or another server, forbids are not won. */
async function claimAll({ door, newId, leaseSeconds }: Deps, pairs: readonly [Candidate, ClaimWaiter][]): Promise<Claimed[]> {
  const outcomes = await Promise.allSettled(
    pairs.map(([run, { worker, incarnation_id }]) =>
      door.submit(
        proposeFlowRun({
          id: run.id,
          state_id: newId(),
          proposed: { type: 'PENDING', message: `Claimed by ${worker.name}.` },
          claim: { incarnation_id, worker_name: worker.name, worker_limit: worker.concurrency_limit, lease_seconds: leaseSeconds },
        }),
      ),
    ),
  );
  return pairs.map(([run, waiter], index) => {
    const settled = outcomes[index];
    return { run, waiter, outcome: settled?.status === 'fulfilled' ? settled.value : undefined };
  });
}

async function answer(deps: Deps, wins: readonly Win[], waiters: Set<ClaimWaiter>): Promise<void> {
  if (wins.length === 0) return;
  const claimed = await readClaimed(
    deps.database.sql,
    wins.map(({ run }) => run.id),
  );
  for (const waiter of new Set(wins.map((win) => win.waiter))) {
    const runs = wins
      .filter((win) => win.waiter === waiter && claimed.has(win.run.id))
      .map(({ run, epoch }) => ({ ...claimed.get(run.id), epoch, lease_seconds: deps.leaseSeconds }) as ClaimedRun);
    if (runs.length === 0) continue; // deleted as they were claimed
    waiters.delete(waiter);
    if (waiter.signal.aborted) void Promise.allSettled(runs.map((run) => handBack(deps, run)));
    else waiter.resolve(runs);
  }
}

/** The worker hung up before it heard of its run: it is not its any more. */
async function handBack({ door, newId }: Deps, { flow_run, epoch }: ClaimedRun): Promise<void> {
  const proposed = { type: 'SCHEDULED' as const, message: 'The worker that claimed it was gone before the claim reached it.' };
  await door.submit(proposeFlowRun({ id: flow_run.id, state_id: newId(), proposed, writer: { flow_run_id: flow_run.id, epoch } }));
}
