import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { ClaimedRun } from '@sluice/core/model/worker';
import type { Database } from '../db/database.ts';
import type { NewsDesk } from '../events/news.ts';
import type { Door } from '../orchestrate/door.ts';
import { readNextDue } from '../store/candidates.ts';
import { readIncarnation } from '../store/workers.ts';
import { type ClaimWaiter, claimRound } from './claim-round.ts';
import type { Lending } from './lending.ts';

export interface ClaimWish {
  readonly pool_id: string;
  /** The worker's incarnation. */
  readonly incarnation_id: string;
  readonly work_queue_names: readonly string[];
}

export interface Dispatcher {
  /** Waits for runs that this worker may run and claims them; empty when `signal` ends the wait first. */
  claim(wish: ClaimWish, signal: AbortSignal): Promise<ClaimedRun[]>;
  /** Claims what this worker may run now; empty when that is nothing. */
  claimDue(wish: ClaimWish, signal: AbortSignal): Promise<ClaimedRun[]>;
  /** How many workers wait for a run. */
  waiting(): number;
  close(): void;
}

interface Deps {
  readonly database: Database;
  readonly door: Door;
  readonly desk: NewsDesk;
  readonly lending: Lending;
  readonly newId: () => string;
  readonly leaseSeconds: number;
}

/** Looks again at least this often, should a wake-up get lost; and soon after the database was away. */
const LOOK_AGAIN_MS = 5000;
const AFTER_TROUBLE_MS = 500;
const AFTER_HELD_MS = 50;

/** Gives due runs to waiting workers, woken by the door whenever a run is due or a slot is free. */
export function createDispatcher(deps: Deps): Dispatcher {
  const { database, desk, lending } = deps;
  const waiters = new Set<ClaimWaiter>();
  /** Those of them that wait for one look alone. */
  const lookers = new Set<ClaimWaiter>();
  let running = false;
  let again = false;
  let timer: NodeJS.Timeout | undefined;

  const pools = () => [...new Set([...waiters].map(({ worker }) => worker.work_pool_id))];

  function arm(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void run(), Math.min(LOOK_AGAIN_MS, Math.max(1, Math.ceil(ms)))).unref();
  }

  /** Slots go back to those who lent them before anybody else gets one. */
  async function serveAll(): Promise<void> {
    await lending.resumeAll();
    const looking = [...lookers];
    const held = await Promise.all(pools().map((poolId) => claimRound(deps, poolId, waiters)));
    if (!held.includes(true)) for (const looker of looking) dismiss(looker);
    const due = waiters.size > 0 ? await readNextDue(database.sql, pools()) : null;
    arm(Math.min(held.includes(true) ? AFTER_HELD_MS : LOOK_AGAIN_MS, due ?? LOOK_AGAIN_MS));
  }

  function dismiss(waiter: ClaimWaiter): void {
    lookers.delete(waiter);
    if (waiters.delete(waiter)) waiter.resolve([]);
  }

  async function wait({ pool_id, incarnation_id, work_queue_names }: ClaimWish, signal: AbortSignal, looksOnce: boolean): Promise<ClaimedRun[]> {
    const worker = await readIncarnation(database.sql, incarnation_id);
    if (worker?.work_pool_id !== pool_id) throw unknownWorker(incarnation_id);
    if (signal.aborted) return [];
    const { promise, resolve } = Promise.withResolvers<ClaimedRun[]>();
    const waiter = { worker, incarnation_id, queues: work_queue_names, signal, resolve };
    waiters.add(waiter);
    if (looksOnce) lookers.add(waiter);
    signal.addEventListener('abort', () => dismiss(waiter));
    void run();
    return promise;
  }

  /** One at a time; news that come meanwhile are served by another turn. */
  async function run(): Promise<void> {
    again = true;
    if (running) return;
    running = true;
    while (again) {
      again = false;
      await serveAll().catch(() => arm(AFTER_TROUBLE_MS)); // the door's callers are told of the trouble
    }
    running = false;
  }

  const unsubscribe = desk.subscribe(({ claimable }) => {
    if (claimable) void run();
  });

  return {
    claim: (wish, signal) => wait(wish, signal, false),
    claimDue: (wish, signal) => wait(wish, signal, true),
    waiting: () => waiters.size,
    close: () => {
      unsubscribe();
      clearTimeout(timer);
    },
  };
}

const unknownWorker = (id: string) =>
  new SluiceError('NOT_FOUND', `The work pool has no worker ${id}.`, {
    hint: 'A worker must send a beat before it claims. It is forgotten when another worker takes over its name.',
  });
