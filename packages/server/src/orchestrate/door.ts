import { setTimeout as pause } from 'node:timers/promises';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { ServerStatus } from '@sluice/core/model/server-status';
import type { Database, Sql } from '../db/database.ts';
import { isConflict, isUnavailable } from '../db/failure.ts';
import type { News, NewsDesk } from '../events/news.ts';
import { RecentFigures } from '../lib/recent-figures.ts';
import { readOpenChildren } from '../store/children.ts';
import { makeRuns, type Pending, runBatch } from './batch.ts';
import type { Change, FlowRunChange, Outcome } from './change.ts';
import { proposeFlowRun } from './propose.ts';

/** The one way a run is made or changes its state. */
export interface Door {
  /** Resolves when the change is durable, or was refused by a rule; rejects when it could not be done at all. */
  submit(change: Change): Promise<Outcome>;
  /** Makes runs with new ids and keys in a transaction of the caller's, and tells what to publish when that is committed. */
  schedule(tx: Sql, changes: readonly FlowRunChange[]): Promise<News>;
  /** Accepts no more changes, and resolves when those it has are answered. */
  close(): Promise<void>;
  /** What the last commits were like, and how many changes wait for the next. */
  status(): ServerStatus['door'];
}

/** Large enough for every change that can arrive while a batch commits, small enough that a statement stays in milliseconds. */
const MAX_BATCH = 400;
/** How long a change waits for a database that is away. */
const PATIENCE_MS = 20_000;
const PAUSE_MS = 20;

const nextTurn = () => new Promise(setImmediate);

const isLate = ({ since }: Pending) => performance.now() - since > PATIENCE_MS;

/** What a change is about: two changes with a word in common do not go into the same batch. */
function keysOf({ id, create }: Change): string[] {
  if (!create) return [id];
  if ('task_key' in create) return [id, `${create.flow_run_id} ${create.task_key} ${create.dynamic_key}`];
  return create.idempotency_key ? [id, `${create.flow_id} ${create.idempotency_key}`] : [id];
}

/** Takes changes in the order of their arrival, and leaves those behind that are about the same run as an earlier one. */
function takeBatch(queue: Pending[]): Pending[] {
  const busy = new Set<string>();
  const taken: Pending[] = [];
  const left: Pending[] = [];
  for (const pending of queue) {
    const keys = keysOf(pending.change);
    const fits = taken.length < MAX_BATCH && !keys.some((key) => busy.has(key));
    (fits ? taken : left).push(pending);
    for (const key of keys) busy.add(key);
  }
  queue.splice(0, queue.length, ...left);
  return taken;
}

/**
 * Group commit: changes queue up while the last batch commits, then one transaction takes them all. A batch that fails for a
 * reason of its own is done again; one that fails because of a change is halved until that change stands alone and is told so.
 */
export function createDoor({ database, desk, newId }: { database: Database; desk: NewsDesk; newId: () => string }): Door {
  const queue: Pending[] = [];
  /** What is durable, and its answers. */
  const untold: (() => void)[] = [];
  let running: Promise<void> | undefined;
  let closed = false;
  const sizes = new RecentFigures();
  const times = new RecentFigures();

  function noteBatch(size: number, since: number): void {
    const now = performance.now();
    sizes.note(size, now);
    times.note(now - since, now);
  }

  async function attempt(batch: readonly Pending[]): Promise<void> {
    const began = performance.now();
    try {
      const { outcomes, postponed, news, cancelledParents } = await runBatch(database, batch, newId);
      noteBatch(batch.length, began);
      untold.push(() => {
        for (const [pending, outcome] of outcomes) {
          if (outcome instanceof Error) pending.reject(outcome);
          else pending.resolve(outcome);
        }
        desk.publish(news);
        if (cancelledParents.size > 0) void cancelChildren(cancelledParents).catch(() => {}); // the service finish-cancelling does it then
      });
      if (postponed.length > 0) tryAgain(postponed);
      if (outcomes.size === 0) await pause(PAUSE_MS);
    } catch (error) {
      await recover(batch, error);
    }
  }

  function tell(): void {
    for (const each of untold.splice(0)) each();
  }

  /** Before all that came later, since that may be about the same runs; unless it has waited for too long. */
  function tryAgain(batch: readonly Pending[], cause?: unknown): void {
    queue.unshift(...batch.filter((pending) => !isLate(pending)));
    const why = cause ? 'The database does not answer.' : 'Another transaction has held this run for too long.';
    for (const { reject } of batch.filter(isLate)) reject(new SluiceError('DATABASE_UNAVAILABLE', why, { cause, hint: 'Try again in a moment.' }));
  }

  /** Whatever was in the way is mostly gone at the second try. If not, it is in the way of one change, and that one is looked for. */
  async function recover(batch: readonly Pending[], error: unknown): Promise<void> {
    const isFirstConflict = isConflict(error) && (batch.length === 1 || !batch.some(({ uncertain }) => uncertain));
    if (isUnavailable(error) || isFirstConflict) {
      for (const pending of batch) pending.uncertain = true;
      tryAgain(batch, error);
      await pause(PAUSE_MS);
    } else if (batch.length === 1) {
      batch[0]?.reject(error);
    } else {
      const middle = batch.length >> 1;
      await attempt(batch.slice(0, middle));
      await attempt(batch.slice(middle));
    }
  }

  /** In batches of their own, after their parents': the service `finish-cancelling` repeats what a crash in between leaves undone. */
  async function cancelChildren(parents: Iterable<string>): Promise<void> {
    const children = await readOpenChildren(database.sql, parents);
    await Promise.allSettled(
      children.map((id) => submit(proposeFlowRun({ id, state_id: newId(), proposed: { type: 'CANCELLING', message: 'Its parent was cancelled.' } }))),
    );
  }

  async function run(): Promise<void> {
    await nextTurn(); // whatever arrives in this turn of the loop goes together
    while (queue.length > 0) {
      const attempted = attempt(takeBatch(queue));
      if (untold.length > 0) {
        await nextTurn(); // by then it is on its way: the database has it while those of the batch before are answered
        tell();
      }
      await attempted;
      if (queue.length === 0) tell();
    }
    running = undefined;
  }

  function submit(change: Change): Promise<Outcome> {
    if (closed) return Promise.reject(new SluiceError('DATABASE_UNAVAILABLE', 'The server is stopping.', { hint: 'Try again in a moment.' }));
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    queue.push({ change, since: performance.now(), resolve, reject, uncertain: false });
    running ??= run();
    return promise;
  }

  return {
    submit,
    schedule: (tx, changes) => makeRuns(tx, changes, newId),
    status: () => ({ waiting: queue.length, batch: sizes.read(performance.now()), batch_ms: times.read(performance.now()) }),
    close: async () => {
      closed = true;
      await running;
    },
  };
}
