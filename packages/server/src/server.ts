import { mkdir, readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import type { Settings } from '@sluice/core/settings/settings';
import { uuidv7 } from 'uuidv7';
import { type Database, openDatabase, PLANNED_ONCE } from './db/database.ts';
import { ensureDatabase } from './db/ensure-database.ts';
import { migrate } from './db/migrate.ts';
import { createDispatcher } from './dispatch/dispatcher.ts';
import { createLending } from './dispatch/lending.ts';
import { createNewsDesk } from './dispatch/news.ts';
import { relayNews } from './dispatch/relay.ts';
import { createSlotKeeper } from './dispatch/slots.ts';
import { createWaiting } from './dispatch/waiting.ts';
import { lockHome } from './home-lock.ts';
import { createApp } from './http/app.ts';
import { createLogger } from './logger.ts';
import { randomName } from './names.ts';
import { createDoor } from './orchestrate/door.ts';
import { type Cluster, startCluster } from './postgres/cluster.ts';
import { createDeadlocks } from './services/deadlocks.ts';
import { createFinishCancelling } from './services/finish-cancelling.ts';
import { createDiskWatch, createExpiredSlots, createLogRetention, createWorkerStatus, freeBytes } from './services/housekeeping.ts';
import { createLateRuns } from './services/late-runs.ts';
import { createReaper } from './services/reaper.ts';
import { runServices } from './services/service.ts';
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
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1']);
const ANY = new Set(['0.0.0.0', '::', 'localhost']);
const PORTS_TRIED = 100;

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

async function assemble({ settings, pages, nextFreePort }: ServerOptions, stack: AsyncDisposableStack): Promise<Server> {
  refuseOpenHost(settings);
  const home = settings.home;
  const lock = await lockHome(home);
  stack.defer(lock.release);
  await mkdir(home, { recursive: true });
  const { logger, close: closeLog } = createLogger(join(home, 'logs'), { level: settings.logging_level, days: settings.log_days });
  stack.defer(closeLog);

  const cluster = settings.database_url
    ? undefined
    : await startCluster(home, { onRestart: (why) => logger.error({ why }, 'PostgreSQL died and is started again') });
  if (cluster) stack.defer(cluster.stop);
  const databaseUrl = settings.database_url ?? (await embeddedDatabase(cluster as Cluster));
  await expectReachable(databaseUrl);
  const migrations = await migrate(databaseUrl);
  if (migrations.length > 0) logger.info({ migrations }, 'database migrated');
  const database = openDatabase(databaseUrl);
  stack.defer(database.close);
  // The door's transactions go one after the other: on a connection of their own every statement is prepared, and every cache warm.
  const doorway = openDatabase(databaseUrl, { max: 1, settings: PLANNED_ONCE });
  stack.defer(doorway.close);
  const dispatching = openDatabase(databaseUrl, { max: 3, settings: PLANNED_ONCE });
  stack.defer(dispatching.close);
  const facts = await readDatabaseFacts(database.sql);
  if (facts.major < 15) {
    throw new SluiceError('DATABASE_UNSUPPORTED', `PostgreSQL ${facts.version} is too old.`, { hint: 'Sluice needs PostgreSQL 15 or later.' });
  }

  const relay = cluster ? undefined : await relayNews(database, logger);
  if (relay) stack.defer(relay.close);
  const desk = createNewsDesk(relay?.tell);
  relay?.listen(desk.receive);
  const newId = uuidv7;
  const door = createDoor({ database: doorway, desk, newId });
  stack.defer(door.close);
  const lending = createLending({ database: dispatching, desk });
  const dispatcher = createDispatcher({ database: dispatching, door, desk, lending, newId, leaseSeconds: settings.lease_seconds });
  stack.defer(dispatcher.close);
  const slots = createSlotKeeper({ database: dispatching, desk, newId });
  stack.defer(slots.close);
  const waiting = createWaiting({ database: dispatching, desk, lending });

  const clock = () => performance.now();
  const every = settings.sweep_seconds;
  const services = runServices(
    [
      createReaper({ database, door, newId, clock, leaseSeconds: settings.lease_seconds, everySeconds: every }),
      createExpiredSlots({ database, desk, everySeconds: every }),
      createDeadlocks({ database, slots, waiting, everySeconds: every }),
      createWorkerStatus({ database, everySeconds: every }),
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
  const app = await createApp({
    parts: { database, door, desk, dispatcher, slots, waiting, newId, newName: randomName, leaseSeconds: settings.lease_seconds, status },
    credentials: { apiKey: settings.api_key, authString: settings.auth_string },
    logger,
    version,
    pages,
  });
  stack.defer(() => app.close());
  await listen(app, settings, nextFreePort ?? false);
  const { port } = app.server.address() as AddressInfo;
  url = `http://${ANY.has(settings.host) ? '127.0.0.1' : bracketed(settings.host)}:${port}/api`;
  await lock.tellUrl(url);
  logger.info({ url }, 'server started');
  return { url, port, databaseUrl: (name) => cluster?.url(name), stop: () => stack.disposeAsync() };
}

/** An IPv6 address stands in brackets in a URL. */
const bracketed = (host: string) => (host.includes(':') ? `[${host}]` : host);

/** Without a key everybody who can reach the server can run code on its workers. */
function refuseOpenHost({ host, api_key, auth_string, allow_open }: Settings): void {
  if (LOOPBACK.has(host) || api_key || auth_string || allow_open) return;
  throw new SluiceError('UNSAFE_HOST', `The server would listen on ${host} without asking for a key.`, {
    hint: 'Set SLUICE_API_KEY, or say --allow-open if everybody who can reach this machine may run code on it.',
  });
}

async function embeddedDatabase(cluster: Cluster): Promise<string> {
  await ensureDatabase(cluster.url('postgres'), 'sluice');
  return cluster.url('sluice');
}

async function expectReachable(url: string): Promise<void> {
  // Never with the URL itself in the sentence: it holds a password.
  if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol)) {
    throw new SluiceError('INVALID_SETTING', 'The URL of the database is not one of PostgreSQL.', {
      hint: 'Write SLUICE_DATABASE_URL as postgres://user:password@host:5432/database.',
    });
  }
  const { sql, close }: Database = openDatabase(url, { max: 1 });
  try {
    await sql`select 1`;
  } catch (cause) {
    const { hostname, port, pathname } = new URL(url);
    throw new SluiceError(
      'DATABASE_UNAVAILABLE',
      `The database ${pathname.slice(1)} at ${hostname}:${port || 5432} does not answer: ${messageOf(cause)}`,
      {
        hint: 'Check SLUICE_DATABASE_URL, and that PostgreSQL runs there.',
        cause,
      },
    );
  } finally {
    await close();
  }
}

async function listen(app: Awaited<ReturnType<typeof createApp>>, { host, port }: Settings, nextFreePort: boolean): Promise<void> {
  for (let candidate = port; ; candidate++) {
    try {
      await app.listen({ host, port: candidate });
      return;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
      if (nextFreePort && candidate < port + PORTS_TRIED) continue;
      throw new SluiceError('PORT_IN_USE', `Port ${port} of ${host} is in use by another program.`, {
        hint: 'Choose another with --port, or stop that program.',
        cause,
      });
    }
  }
}

async function readVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return version;
}
