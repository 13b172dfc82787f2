import type { ClaimedRun } from '@sluice/core/model/worker';
import type { Database } from '../db/database.ts';
import type { Door } from '../orchestrate/door.ts';
import { type Candidate, readCandidates, readClaimed } from '../store/candidates.ts';
import { countWorkers } from '../store/slot-counts.ts';
import type { WorkerRow } from '../store/workers.ts';
import { assign, type Waiting } from './assign.ts';

/** A worker that waits for runs. It has room for as many as its limit has free slots: the server counts, not the worker. */
export interface Waiter {
  readonly worker: WorkerRow;
  readonly incarnation: string;
  readonly queues: readonly string[];
  readonly signal: AbortSignal;
  readonly resolve: (runs: ClaimedRun[]) => void;
}

interface Parts {
  readonly database: Database;
  readonly door: Door;
  readonly newId: () => string;
  readonly leaseSeconds: number;
}

interface Win {
  readonly run: Candidate;
  readonly waiter: Waiter;
  readonly epoch: number;
}

/** Claims due runs of a pool for its waiters until none is left that fits. Waiters that got runs are answered and leave the set. */
export async function claimRound(parts: Parts, poolId: string, waiters: Set<Waiter>): Promise<void> {
  const refused = new Set<string>();
  for (;;) {
    const waiting = await readRoom(parts.database, poolId, waiters);
    const capacity = waiting.reduce((sum, { room }) => sum + room, 0);
    if (capacity === 0) return;
    const pairs = assign(await readCandidates(parts.database.sql, poolId, capacity, refused), waiting);
    if (pairs.length === 0) return;
    const wins = await claimAll(parts, pairs);
    const won = new Set(wins.map(({ run }) => run));
    for (const [run] of pairs) if (!won.has(run)) refused.add(run.id);
    await answer(parts, wins, waiters);
  }
}

async function readRoom({ sql }: Database, poolId: string, waiters: Set<Waiter>): Promise<Waiting<Waiter>[]> {
  const here = [...waiters].filter(({ worker }) => worker.work_pool_id === poolId);
  const used = await countWorkers(
    sql,
    here.map(({ incarnation }) => incarnation),
  );
  return here
    .map((waiter) => ({ waiter, queues: waiter.queues, room: waiter.worker.concurrency_limit - (used.get(waiter.incarnation) ?? 0) }))
    .filter(({ room }) => room > 0);
}

/** All claims go to the door at once, and so into one batch. Those that a limit, or another server, forbids are not won. */
async function claimAll({ door, newId, leaseSeconds }: Parts, pairs: readonly [Candidate, Waiter][]): Promise<Win[]> {
  const outcomes = await Promise.all(
    pairs.map(([run, { worker, incarnation }]) =>
      door.submit({
        kind: 'flow_run',
        id: run.id,
        create: null,
        state_id: newId(),
        proposed: { type: 'PENDING' },
        force: false,
        writer: null,
        reap: false,
        claim: { worker_id: incarnation, worker_name: worker.name, worker_limit: worker.concurrency_limit, lease_seconds: leaseSeconds },
      }),
    ),
  );
  return pairs.flatMap(([run, waiter], index) => {
    const outcome = outcomes[index];
    return outcome?.written && outcome.status === 'ACCEPT' ? [{ run, waiter, epoch: outcome.epoch }] : [];
  });
}

async function answer(parts: Parts, wins: readonly Win[], waiters: Set<Waiter>): Promise<void> {
  if (wins.length === 0) return;
  const claimed = await readClaimed(
    parts.database.sql,
    wins.map(({ run }) => run.id),
  );
  for (const waiter of new Set(wins.map((win) => win.waiter))) {
    const runs = wins
      .filter((win) => win.waiter === waiter)
      .map(({ run, epoch }) => ({ ...claimed.get(run.id), epoch, lease_seconds: parts.leaseSeconds }) as ClaimedRun);
    waiters.delete(waiter);
    if (waiter.signal.aborted) await Promise.all(runs.map((run) => handBack(parts, run)));
    else waiter.resolve(runs);
  }
}

/** The worker hung up before it heard of its run: it is not its any more. */
async function handBack({ door, newId }: Parts, { flow_run, epoch }: ClaimedRun): Promise<void> {
  await door.submit({
    kind: 'flow_run',
    id: flow_run.id,
    create: null,
    claim: null,
    reap: false,
    state_id: newId(),
    proposed: { type: 'SCHEDULED', message: 'The worker that claimed it was gone before it heard of it.' },
    force: false,
    writer: { flow_run_id: flow_run.id, epoch },
  });
}
