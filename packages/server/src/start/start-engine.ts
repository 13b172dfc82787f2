import type { Settings } from '@sluice/core/settings/settings';
import type { Logger } from 'pino';
import { type Database, openDatabase, PLANNED_ONCE } from '../db/database.ts';
import { createDispatcher } from '../dispatch/dispatcher.ts';
import { createHeldPolls } from '../dispatch/held-polls.ts';
import { createLending } from '../dispatch/lending.ts';
import { createSlotKeeper } from '../dispatch/slots.ts';
import { createWaitNotes } from '../dispatch/wait-notes.ts';
import { createWaiting } from '../dispatch/waiting.ts';
import { createIntake } from '../events/intake.ts';
import { createNewsDesk, type NewsDesk } from '../events/news.ts';
import { relayNews } from '../events/relay.ts';
import { createEventStream } from '../events/stream.ts';
import { newId } from '../lib/new-id.ts';
import { createDoor, type Door } from '../orchestrate/door.ts';
import { createRecorder } from '../orchestrate/recorder.ts';
import { createSchemaChecker } from '../schemas/schema-checker.ts';

interface Options {
  readonly databaseUrl: string;
  readonly settings: Settings;
  readonly logger: Logger;
  /** No other server uses the database. */
  readonly isAlone: boolean;
}

/** What a server is made of without HTTP and services: connections, news, the door, and all that gives runs and slots to those who wait. */
export async function startEngine({ databaseUrl, settings, logger, isAlone }: Options, stack: AsyncDisposableStack) {
  const open = (how: Parameters<typeof openDatabase>[1] = {}): Database => {
    const database = openDatabase(databaseUrl, how);
    stack.defer(database.close);
    return database;
  };
  const database = open();
  // The door's transactions go one after the other: on a connection of their own every statement is prepared, and every cache warm.
  const doorway = open({ max: 1, settings: PLANNED_ONCE });
  const dispatching = open({ max: 3, settings: PLANNED_ONCE });
  const byKey = open({ max: 3, settings: PLANNED_ONCE });

  const desk = await startNews(database, logger, isAlone, stack);
  const door = createDoor({ database: doorway, desk, newId });
  stack.defer(door.close);
  const recorder = createRecorder({ database, door, logger });
  stack.defer(recorder.close);
  const intake = createIntake({ database: open({ max: 1, settings: PLANNED_ONCE }), desk, onTaskRuns: recorder.wake });
  stack.defer(intake.close);
  const dispatch = startDispatch({ database: dispatching, door, desk, newId, leaseSeconds: settings.lease_seconds }, stack);
  const events = createEventStream({ database, desk });
  stack.defer(events.close);
  const schemas = createSchemaChecker();
  stack.defer(schemas.close);
  return { database, byKey, desk, door, recorder, intake, ...dispatch, events, schemas, newId };
}

export type Engine = Awaited<ReturnType<typeof startEngine>>;

/** Several servers of one database tell each other. */
async function startNews(database: Database, logger: Logger, isAlone: boolean, stack: AsyncDisposableStack): Promise<NewsDesk> {
  if (isAlone) return createNewsDesk();
  const relay = await relayNews(database, logger);
  stack.defer(relay.close);
  const desk = createNewsDesk(relay.tell);
  relay.listen(desk.receive);
  return desk;
}

function startDispatch(
  deps: { database: Database; door: Door; desk: NewsDesk; newId: () => string; leaseSeconds: number },
  stack: AsyncDisposableStack,
) {
  const lending = createLending(deps);
  const dispatcher = createDispatcher({ ...deps, lending });
  stack.defer(dispatcher.close);
  const notes = createWaitNotes(deps);
  stack.defer(notes.close);
  const slots = createSlotKeeper(deps);
  stack.defer(slots.close);
  const polls = createHeldPolls({ sql: deps.database.sql, desk: deps.desk });
  return { dispatcher, notes, slots, polls, waiting: createWaiting({ ...deps, lending, notes }) };
}
