import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { ClaimedRun } from '@sluice/core/model/worker';
import type { Database } from '../db/database.ts';
import type { Change } from '../orchestrate/change.ts';
import type { Door } from '../orchestrate/door.ts';
import { type Candidate, readCandidates, readClaimed, readNextDue } from '../store/candidates.ts';
import { countWorkers } from '../store/slot-counts.ts';
import { readIncarnation, type WorkerRow } from '../store/workers.ts';
import type { Lending } from './lending.ts';
import type { NewsDesk } from './news.ts';

/** A worker that waits for runs. It has room for as many as its limit has free slots: the server counts, not the worker. */
interface Waiter {
  readonly worker: WorkerRow;
  readonly incarnation: string;
  readonly queues: readonly string[];
  readonly signal: AbortSignal;
  readonly resolve: (runs: ClaimedRun[]) => void;
}

export interface Dispatcher {
  /** Waits for runs that this worker may run and claims them; empty when `signal` ends the wait first. */
  claim(request: { pool_id: string; worker_id: string; work_queue_names: readonly string[] }, signal: AbortSignal): Promise<ClaimedRun[]>;
  close(): void;
}

interface Parts {
  readonly database: Database;
  readonly door: Door;
  readonly desk: NewsDesk;
  readonly lending: Lending;
  readonly newId: () => string;
  readonly leaseSeconds: number;
}

/** Looks again at least this often, should a wake-up get lost. */
const LOOK_AGAIN_MS = 5000;

/** Gives due runs to waiting workers, woken by the door whenever a run is due or a slot is free. */
export function createDispatcher({ database, door, desk, lending, newId, leaseSeconds }: Parts): Dispatcher {
  const waiters = new Set<Waiter>();
  let running = false;
  let again = false;
  let timer: NodeJS.Timeout | undefined;

  function claimOf(run: Candidate, { worker, incarnation }: Waiter): Change {
    return {
      kind: 'flow_run',
      id: run.id,
      create: null,
      state_id: newId(),
      proposed: { type: 'PENDING' },
      force: false,
      writer: null,
      reap: false,
      claim: { worker_id: incarnation, worker_name: worker.name, worker_limit: worker.concurrency_limit, lease_seconds: leaseSeconds },
    };
  }

  /** Claims runs for the waiters of one pool. True when all was tried that could be. */
  async function serve(poolId: string): Promise<void> {
    const refused = new Set<string>();
    for (;;) {
      const room = await readRoom(poolId);
      const capacity = [...room.values()].reduce((sum, free) => sum + free, 0);
      if (capacity === 0) return;
      const candidates = await readCandidates(database.sql, poolId, capacity, refused);
      const pairs = assign(candidates, room);
      if (pairs.length === 0) return;
      const outcomes = await Promise.all(pairs.map(([run, waiter]) => door.submit(claimOf(run, waiter))));
      const won = pairs.flatMap(([run, waiter], index) => {
        const outcome = outcomes[index];
        if (outcome?.written && outcome.status === 'ACCEPT') return [{ run, waiter, epoch: outcome.epoch }];
        refused.add(run.id);
        return [];
      });
      await answer(won);
    }
  }

  async function readRoom(poolId: string): Promise<Map<Waiter, number>> {
    const waiting = [...waiters].filter(({ worker }) => worker.work_pool_id === poolId);
    const used = await countWorkers(database.sql, waiting.map(({ incarnation }) => incarnation));
    const room = waiting.map((waiter): [Waiter, number] => [waiter, waiter.worker.concurrency_limit - (used.get(waiter.incarnation) ?? 0)]);
    return new Map(room.filter(([, free]) => free > 0));
  }

  /** Each run goes to the waiter with the most room left that serves its queue. */
  function assign(candidates: readonly Candidate[], room: Map<Waiter, number>): [Candidate, Waiter][] {
    return candidates.flatMap((run): [Candidate, Waiter][] => {
      const fitting = [...room].filter(([{ queues }, free]) => free > 0 && (queues.length === 0 || queues.includes(run.queue)));
      const [best] = fitting.sort(([, a], [, b]) => b - a);
      if (!best) return [];
      room.set(best[0], best[1] - 1);
      return [[run, best[0]]];
    });
  }

  async function answer(won: readonly { run: Candidate; waiter: Waiter; epoch: number }[]): Promise<void> {
    if (won.length === 0) return;
    const claimed = await readClaimed(database.sql, won.map(({ run }) => run.id));
    for (const waiter of new Set(won.map((win) => win.waiter))) {
      const runs = won
        .filter((win) => win.waiter === waiter)
        .map(({ run, epoch }) => ({ ...claimed.get(run.id), epoch, lease_seconds: leaseSeconds }) as ClaimedRun);
      waiters.delete(waiter);
      if (waiter.signal.aborted) await Promise.all(runs.map(handBack));
      else waiter.resolve(runs);
    }
  }

  /** The worker hung up before it heard of its runs: they are not its any more. */
  async function handBack({ flow_run, epoch }: ClaimedRun): Promise<void> {
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

  async function run(): Promise<void> {
    again = true;
    if (running) return;
    running = true;
    while (again) {
      again = false;
      try {
        await lending.resumeAll();
        await Promise.all([...new Set([...waiters].map(({ worker }) => worker.work_pool_id))].map(serve));
        await setAlarm();
      } catch {
        arm(LOOK_AGAIN_MS / 10); // the database is away: the door and its callers tell, here it is enough to try again
      }
    }
    running = false;
  }

  async function setAlarm(): Promise<void> {
    const pools = new Set([...waiters].map(({ worker }) => worker.work_pool_id));
    const due = pools.size > 0 ? await readNextDue(database.sql, pools) : null;
    arm(Math.min(LOOK_AGAIN_MS, due ?? LOOK_AGAIN_MS));
  }

  function arm(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void run(), Math.max(1, Math.ceil(ms)));
    timer.unref();
  }

  const unsubscribe = desk.subscribe(({ claimable }) => {
    if (claimable) void run();
  });

  return {
    claim: async ({ pool_id, worker_id, work_queue_names }, signal) => {
      const worker = await readIncarnation(database.sql, worker_id);
      if (!worker || worker.work_pool_id !== pool_id) {
        throw new SluiceError('NOT_FOUND', 'The work pool knows no such worker.', { hint: 'A worker beats before it claims, and after another of its name has started it is replaced.' });
      }
      const { promise, resolve } = Promise.withResolvers<ClaimedRun[]>();
      const waiter = { worker, incarnation: worker_id, queues: work_queue_names, signal, resolve };
      waiters.add(waiter);
      signal.addEventListener('abort', () => {
        if (waiters.delete(waiter)) resolve([]);
      });
      if (signal.aborted) return [];
      void run();
      return promise;
    },
    close: () => {
      unsubscribe();
      clearTimeout(timer);
    },
  };
}
