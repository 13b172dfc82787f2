import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Settings } from '@sluice/core/settings/settings';
import { makeOwnFolder } from '@sluice/home/files';
import { uuidv7 } from 'uuidv7';
import { createRunAccess } from './auth/run-access.ts';
import { type Database, openDatabase, PLANNED_ONCE } from './db/database.ts';
import { createDispatcher } from './dispatch/dispatcher.ts';
import { createLending } from './dispatch/lending.ts';
import { createSlotKeeper } from './dispatch/slots.ts';
import { createWaitNotes } from './dispatch/wait-notes.ts';
import { createWaiting } from './dispatch/waiting.ts';
import { createNewsDesk, type NewsDesk } from './events/news.ts';
import { relayNews } from './events/relay.ts';
import { createEventStream } from './events/stream.ts';
import { lockHome } from './home-lock.ts';
import { createApp } from './http/app.ts';
import { CLIENT_LIMITS, type ClientLimits } from './http/client-limits.ts';
import { createLogger } from './logger.ts';
import { randomName } from './names.ts';
import { createDoor, type Door } from './orchestrate/door.ts';
import { createSchemaChecker } from './schemas/schema-checker.ts';
import { createDeadlocks } from './services/deadlocks.ts';
import { createFinishCancelling } from './services/finish-cancelling.ts';
import { createDiskWatch, createExpiredSlots, createLogRetention, createWorkerStatus, freeBytes } from './services/housekeeping.ts';
import { createLateRuns } from './services/late-runs.ts';
import { createReaper } from './services/reaper.ts';
import { runServices } from './services/service.ts';
import { apiUrl, listen, refuseOpenHost } from './start/listen.ts';
import { prepareDatabase } from './start/prepare-database.ts';
import { readDatabaseFacts } from './store/database-facts.ts';

export interface Server {
  /** Where clients find it: `http://127.0.0.1:4200/api`. */
  readonly url: string;
  readonly port: number;
  /** URL of the embedded PostgreSQL's database of this name; undefined with a database of the user's own. */
  databaseUrl(name: string): string | undefined;
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly settings: Settings;
  /** Folder of the page's files. */
  readonly pages?: string;
  /** When the port is taken, take the next one that is free. */
  readonly nextFreePort?: boolean;
  /** What a client may take of the server, where it is not the usual. */
  readonly limits?: Partial<ClientLimits>;
}

/** The one place where the server is put together. Everything it starts, it stops, in the opposite order. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const stack = new AsyncDisposableStack();
  try {
    return await assemble(options, stack);
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function assemble({ settings, pages, nextFreePort, limits }: ServerOptions, stack: AsyncDisposableStack): Promise<Server> {
  refuseOpenHost(settings);
  const { home, sweep_seconds: every } = settings;
  const lock = await lockHome(home);
  stack.defer(lock.release);
  await makeOwnFolder(join(home, 'logs'));
  const { logger, close: closeLog } = createLogger(join(home, 'logs'), { level: settings.logging_level, days: settings.log_days });
  stack.defer(closeLog);

  const { url: databaseUrl, cluster } = await prepareDatabase(settings, logger, stack);
  const database = openDatabase(databaseUrl);
  stack.defer(database.close);
  // The door's transactions go one after the other: on a connection of their own every statement is prepared, and every cache warm.
  const doorway = openDatabase(databaseUrl, { max: 1, settings: PLANNED_ONCE });
  stack.defer(doorway.close);
  const dispatching = openDatabase(databaseUrl, { max: 3, settings: PLANNED_ONCE });
  stack.defer(dispatching.close);

  const relay = cluster ? undefined : await relayNews(database, logger);
  if (relay) stack.defer(relay.close);
  const desk = createNewsDesk(relay?.tell);
  relay?.listen(desk.receive);
  const newId = uuidv7;
  const door = createDoor({ database: doorway, desk, newId });
  stack.defer(door.close);
  const { dispatcher, notes, slots, waiting } = startDispatch(
    { database: dispatching, door, desk, newId, leaseSeconds: settings.lease_seconds },
    stack,
  );
  const events = createEventStream({ database, desk });
  stack.defer(events.close);
  const schemas = createSchemaChecker();
  stack.defer(schemas.close);

  const clock = () => performance.now();
  const services = runServices(
    [
      createReaper({ database, door, newId, clock, leaseSeconds: settings.lease_seconds, everySeconds: every }),
      createExpiredSlots({ database, desk, everySeconds: every }),
      createDeadlocks({ database, notes, waiting, everySeconds: every }),
      createWorkerStatus({ database, desk, everySeconds: every }),
      createLateRuns({ database, door, newId, lateSeconds: settings.late_seconds }),
      createFinishCancelling({ database, door, newId }),
      createLogRetention({ database, days: settings.log_days }),
      createDiskWatch({ folder: home, logger }),
    ],
    logger,
  );
  stack.defer(services.stop);

  const version = await readVersion();
  const started = new Date().toISOString();
  let url = '';
  const status = async () => {
    const { version: database_version, bytes } = await readDatabaseFacts(database.sql);
    return {
      sluice_version: version,
      api_url: url,
      started,
      database: { version: database_version, embedded: cluster !== undefined, bytes },
      home,
      disk_free_bytes: await freeBytes(home),
      services: services.status(),
    };
  };
  const credentials = { apiKey: settings.api_key, authString: settings.auth_string };
  const runAccess = createRunAccess(credentials, { database, clock });
  const desks = { database, door, desk, events, dispatcher, slots, waiting, schemas };
  const app = await createApp({
    parts: { ...desks, newId, newName: randomName, leaseSeconds: settings.lease_seconds, status, runAccess },
    credentials,
    logger,
    version,
    pages,
    limits: { ...CLIENT_LIMITS, ...limits },
  });
  stack.defer(() => app.close());
  await listen(app, settings, nextFreePort ?? false);
  const { port } = app.server.address() as AddressInfo;
  url = apiUrl(settings.host, port);
  await lock.tellUrl(url);
  logger.info({ url }, 'server started');
  return { url, port, databaseUrl: (name) => cluster?.url(name), stop: () => stack.disposeAsync() };
}

/** All that gives runs and slots to those who wait. */
function startDispatch(
  parts: { database: Database; door: Door; desk: NewsDesk; newId: () => string; leaseSeconds: number },
  stack: AsyncDisposableStack,
) {
  const lending = createLending(parts);
  const dispatcher = createDispatcher({ ...parts, lending });
  stack.defer(dispatcher.close);
  const notes = createWaitNotes(parts);
  stack.defer(notes.close);
  const slots = createSlotKeeper({ ...parts, notes });
  stack.defer(slots.close);
  return { dispatcher, notes, slots, waiting: createWaiting({ ...parts, lending, notes }) };
}

async function readVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return version;
}
