import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ResolvedSettings, Settings } from '@sluice/core/settings/settings';
import { makeOwnFolder } from '@sluice/home/files';
import { createRunAccess } from './auth/run-access.ts';
import { lockHome } from './home-lock.ts';
import { createApp } from './http/app.ts';
import { CLIENT_LIMITS, type ClientLimits } from './http/client-limits.ts';
import { RequestTimes } from './http/request-times.ts';
import { createLogger } from './logger.ts';
import { randomName } from './names.ts';
import { createSecretBox } from './secrets/secret-box.ts';
import { findSecretKey } from './secrets/secret-key.ts';
import { apiUrl, listen, refuseOpenHost } from './start/listen.ts';
import { watchLoopDelay } from './start/loop-delay.ts';
import { prepareDatabase } from './start/prepare-database.ts';
import { serverSettings } from './start/server-settings.ts';
import { startEngine } from './start/start-engine.ts';
import { startServices } from './start/start-services.ts';
import { readStatus } from './start/status.ts';

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
  /** Where each setting came from, to be shown. */
  readonly sources?: ResolvedSettings['sources'] | undefined;
  /** Folder of the page's files. */
  readonly pages?: string;
  /** When the port is taken, use the next free one. */
  readonly nextFreePort?: boolean;
  /** How much a client may use of the server, when that is not the usual. */
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

async function assemble({ settings, sources, pages, nextFreePort, limits }: ServerOptions, stack: AsyncDisposableStack): Promise<Server> {
  refuseOpenHost(settings);
  const { home } = settings;
  const lock = await lockHome(home);
  stack.defer(lock.release);
  await makeOwnFolder(join(home, 'logs'));
  const { logger, close: closeLog } = createLogger(join(home, 'logs'), { level: settings.logging_level, days: settings.log_days });
  stack.defer(closeLog);

  const { url: databaseUrl, cluster } = await prepareDatabase(settings, logger, stack);
  const engine = await startEngine({ databaseUrl, settings, logger, isAlone: cluster !== undefined }, stack);
  const { database } = engine;
  const clock = () => performance.now();
  const services = startServices(engine, { settings, logger, clock });
  stack.defer(services.stop);

  const version = await readVersion();
  const times = new RequestTimes(clock);
  const loopDelay = watchLoopDelay(clock);
  stack.defer(loopDelay.stop);
  let url = '';
  const about = { sluice_version: version, started: new Date().toISOString(), home, isEmbedded: cluster !== undefined };
  const status = () => readStatus(engine, { ...about, api_url: url, services, times, loopDelay });
  const credentials = { apiKey: settings.api_key, authString: settings.auth_string };
  const runAccess = createRunAccess(credentials, { database, clock });
  const app = await createApp({
    deps: {
      ...engine,
      newName: randomName,
      leaseSeconds: settings.lease_seconds,
      bundleMb: settings.bundle_mb,
      secrets: createSecretBox(await findSecretKey(home, settings.secret_key)),
      clock,
      status,
      settings: serverSettings(settings, sources),
      runAccess,
      version,
    },
    credentials,
    logger,
    pages,
    limits: { ...CLIENT_LIMITS, ...limits },
    times,
  });
  stack.defer(() => app.close());
  await listen(app, settings, nextFreePort ?? false);
  const { port } = app.server.address() as AddressInfo;
  url = apiUrl(settings.host, port);
  await lock.tellUrl(url);
  logger.info({ url }, 'server started');
  return { url, port, databaseUrl: (name) => cluster?.url(name), stop: () => stack.disposeAsync() };
}

async function readVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return version;
}
