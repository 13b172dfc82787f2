import { setTimeout as pause } from 'node:timers/promises';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { type EventCreate, tellsOfTaskRun } from '@sluice/core/model/event';
import type { Database } from '../db/database.ts';
import { isConflict, isUnavailable } from '../db/failure.ts';
import { insertEvents } from '../store/client-events.ts';
import type { NewsDesk } from './news.ts';

/** Takes what clients say has happened. */
export interface EventIntake {
  /** Resolves when the events are durable, each once; those that were added before are then durable too. */
  add(events: readonly EventCreate[]): Promise<void>;
  /** Events that are not stored yet. */
  waiting(): number;
  /** Accepts no more, and resolves when those it has are stored. */
  close(): Promise<void>;
}

interface Added {
  readonly events: readonly EventCreate[];
  readonly since: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A statement has no more, so that it stays in milliseconds; a single addition may have more. */
const MAX_BATCH = 2000;
/** How long events wait for a database that is away. */
const PATIENCE_MS = 20_000;
const PAUSE_MS = 50;

interface Deps {
  readonly database: Database;
  readonly desk: NewsDesk;
  /** Told when task runs are to be recorded. */
  readonly onTaskRuns: () => void;
}

/** Group commit: what comes while a batch is stored goes together into the next one. */
export function createIntake({ database, desk, onTaskRuns }: Deps): EventIntake {
  let queue: Added[] = [];
  let waiting = 0;
  let running: Promise<void> | undefined;
  let closed = false;

  function take(): Added[] {
    let count = 0;
    const end = queue.findIndex(({ events }, index) => {
      count += events.length;
      return index > 0 && count > MAX_BATCH;
    });
    return queue.splice(0, end < 0 ? queue.length : end);
  }

  async function store(batch: readonly Added[]): Promise<void> {
    const events = new Map(batch.flatMap((added) => added.events.map((event) => [event.id, { ...event, records: tellsOfTaskRun(event) }])));
    try {
      await insertEvents(database.sql, [...events.values()]);
    } catch (error) {
      await recover(batch, error);
      return;
    }
    for (const { resolve } of batch) resolve();
    desk.publish({ events: true });
    if ([...events.values()].some(({ records }) => records)) onTaskRuns();
  }

  /** A database that is away is waited for; what cannot be stored is found by halves, and fails alone. */
  async function recover(batch: readonly Added[], error: unknown): Promise<void> {
    if (isUnavailable(error) || isConflict(error)) {
      const isLate = ({ since }: Added) => performance.now() - since > PATIENCE_MS;
      for (const { reject } of batch.filter(isLate))
        reject(new SluiceError('DATABASE_UNAVAILABLE', 'The database does not answer.', { cause: error, hint: 'Send the events again.' }));
      queue.unshift(...batch.filter((added) => !isLate(added)));
      await pause(PAUSE_MS);
    } else if (batch.length === 1) {
      batch[0]?.reject(error);
    } else {
      const middle = batch.length >> 1;
      await store(batch.slice(0, middle));
      await store(batch.slice(middle));
    }
  }

  async function run(): Promise<void> {
    await new Promise(setImmediate); // whatever arrives in this turn of the loop goes together
    while (queue.length > 0) await store(take());
    running = undefined;
  }

  function add(events: readonly EventCreate[]): Promise<void> {
    if (closed) return Promise.reject(new SluiceError('DATABASE_UNAVAILABLE', 'The server is stopping.', { hint: 'Send the events again.' }));
    if (events.length === 0) return Promise.resolve();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const done = () => {
      waiting -= events.length;
    };
    promise.then(done, done);
    waiting += events.length;
    queue.push({ events, since: performance.now(), resolve, reject });
    running ??= run();
    return promise;
  }

  return {
    add,
    waiting: () => waiting,
    close: async () => {
      closed = true;
      await running;
      queue = [];
    },
  };
}
