import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ResolvedSettings, Settings } from '@sluice/core/settings/settings';
import { makeOwnFolder } from '@sluice/home/files';
import type { Logger } from 'pino';
import { installSystemBlockTypes } from './blocks/system-block-types.ts';
import { lockHome, lockServices } from './home-lock.ts';
import type { ClientLimits } from './http/client-limits.ts';
import { createLogger } from './logger.ts';
import type { RunningServices } from './services/service.ts';
import { createCallApi } from './start/call-api.ts';
import { apiUrl, listen, refuseOpenHost } from './start/listen.ts';
import { findDatabase, prepareDatabase } from './start/prepare-database.ts';
import { startApp } from './start/start-app.ts';
import { startEngine } from './start/start-engine.ts';
import { startServices } from './start/start-services.ts';

export interface Server {
  /** Where clients find it: `http://127.0.0.1:4200/api`. */
  readonly url: string;
  readonly port: number;
  /** What a person should know who starts it. */
  readonly notes: readonly string[];
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
  /** False when another process runs the loops of services: `startServicesProcess`. */
  readonly services?: boolean;
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

async function assemble({ services: runsServices = true, ...options }: ServerOptions, stack: AsyncDisposableStack): Promise<Server> {
  const { settings } = options;
  refuseOpenHost(settings);
  const { home } = settings;
  const lock = await lockHome(home, { services: runsServices });
  stack.defer(lock.release);
  const logger = await startLog(settings, 'server', stack);

  const { url: databaseUrl, cluster } = await prepareDatabase(settings, logger, stack);
  const isAlone = cluster !== undefined && runsServices;
  const engine = await startEngine({ databaseUrl, settings, logger, isAlone }, stack);
  const clock = () => performance.now();
  let url = '';
  let services: RunningServices = { status: () => [], stop: async () => {} };
  const about = () => ({ api_url: url, services: services.status(), isEmbedded: cluster !== undefined });
  const { app, notes } = await startApp(engine, { ...options, logger, clock, about }, stack);
  if (settings.blocks_register_on_start) await installSystemBlockTypes(engine.database);
  await listen(app, settings, options.nextFreePort ?? false);
  const { port } = app.server.address() as AddressInfo;
  url = apiUrl(settings.host, port);
  if (runsServices) {
    services = startServices(engine, { settings, logger, clock, call: createCallApi(app, settings) });
    stack.defer(() => services.stop());
  }
  await lock.tellUrl(url);
  logger.info({ url, services: runsServices }, 'server started');
  return { url, port, notes, databaseUrl: (name) => cluster?.url(name), stop: () => stack.disposeAsync() };
}

/** The loops of a server that serves the API alone, in a process of their own. */
export async function startServicesProcess({ settings }: Pick<ServerOptions, 'settings'>): Promise<Pick<Server, 'stop'>> {
  const stack = new AsyncDisposableStack();
  try {
    const lock = await lockServices(settings.home);
    stack.defer(lock.release);
    const logger = await startLog(settings, 'services', stack);
    const databaseUrl = await findDatabase(settings, logger);
    const engine = await startEngine({ databaseUrl, settings, logger, isAlone: false }, stack);
    const clock = () => performance.now();
    // Its API is for its own actions, and listens nowhere.
    const about = () => ({ api_url: settings.api_url, services: services.status(), isEmbedded: settings.database_url === undefined });
    const { app } = await startApp(engine, { settings, logger, clock, about }, stack);
    const services = startServices(engine, { settings, logger, clock, call: createCallApi(app, settings) });
    stack.defer(services.stop);
    logger.info('services started');
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
  return { stop: () => stack.disposeAsync() };
}

async function startLog({ home, logging_level, log_days }: Settings, name: 'server' | 'services', stack: AsyncDisposableStack): Promise<Logger> {
  const folder = join(home, 'logs');
  await makeOwnFolder(folder);
  const { logger, close } = createLogger(folder, { name, level: logging_level, days: log_days });
  stack.defer(close);
  return logger;
}
