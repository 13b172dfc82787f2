import { isSluiceError } from '@sluice/core/errors/sluice-error';
import type { Logger } from 'pino';
import type { Database } from '../db/database.ts';
import { noteRecorded, type ToRecord, takeEventsToRecord } from '../store/client-events.ts';
import type { Door } from './door.ts';
import { taskRunOfEvent } from './task-run-of-event.ts';

/** Makes task runs of the events that tell of them. */
export interface Recorder {
  /** Events are there: recorded as soon as may be, beside whatever else the server does. */
  wake(): void;
  /** Records what is there now, one batch; tells how many events it has dealt with. */
  tick(): Promise<number>;
  close(): Promise<void>;
}

/** A few of the door's batches: those who ask go in between. */
const BATCH = 600;

type Fate = 'done' | 'waiting';

interface Deps {
  readonly database: Database;
  readonly door: Door;
  readonly logger: Pick<Logger, 'warn'>;
}

/**
 * The events are durable before they are recorded, and are marked afterwards: what a server that dies has left is recorded by the
 * next one. A state that is recorded twice is there once.
 */
export function createRecorder({ database, door, logger }: Deps): Recorder {
  let running: Promise<void> | undefined;
  let again = false;
  let closed = false;

  async function record(event: ToRecord): Promise<Fate> {
    const change = taskRunOfEvent(event);
    if (typeof change === 'string') {
      logger.warn({ event: event.id, why: change }, 'an event tells of a task run that cannot be recorded');
      return 'done';
    }
    try {
      await door.submit(change);
      return 'done';
    } catch (error) {
      const code = isSluiceError(error) ? error.code : undefined;
      // Its flow run may come later.
      if (code === 'NOT_FOUND' || code === 'DATABASE_UNAVAILABLE') return 'waiting';
      logger.warn({ event: event.id, error }, 'a task run could not be recorded');
      return 'done';
    }
  }

  const tick = () =>
    database.transaction(async (sql) => {
      const events = await takeEventsToRecord(sql, BATCH);
      const fates = await Promise.all(events.map(record));
      const of = (fate: Fate) => events.flatMap(({ id }, index) => (fates[index] === fate ? id : []));
      await noteRecorded(sql, { done: of('done'), waiting: of('waiting') });
      return events.length;
    });

  async function run(): Promise<void> {
    try {
      do {
        again = false;
        while (!closed && (await tick()) === BATCH);
      } while (again && !closed);
    } catch (error) {
      logger.warn({ error }, 'task runs could not be recorded now; it is tried again');
    } finally {
      running = undefined;
    }
  }

  return {
    tick,
    wake: () => {
      again = true;
      if (!closed) running ??= run();
    },
    close: async () => {
      closed = true;
      await running;
    },
  };
}
