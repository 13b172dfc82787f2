import { readFile } from 'node:fs/promises';
import type { ServerStatus } from '@sluice/core/model/server-status';
import type { ResolvedSettings, Settings } from '@sluice/core/settings/settings';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { createRunAccess } from '../auth/run-access.ts';
import { createApp } from '../http/app.ts';
import { CLIENT_LIMITS, type ClientLimits } from '../http/client-limits.ts';
import { RequestTimes } from '../http/request-times.ts';
import { randomName } from '../names.ts';
import { createSecretBox } from '../secrets/secret-box.ts';
import { findSecretKey } from '../secrets/secret-key.ts';
import { readOtherwiseKeyed } from '../store/sources.ts';
import { watchLoopDelay } from './loop-delay.ts';
import { serverSettings } from './server-settings.ts';
import type { Engine } from './start-engine.ts';
import { readStatus } from './status.ts';

interface Options {
  readonly settings: Settings;
  readonly sources?: ResolvedSettings['sources'] | undefined;
  readonly pages?: string;
  readonly limits?: Partial<ClientLimits>;
  readonly logger: Logger;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  /** What its status tells that is known only when it runs. */
  readonly about: () => Pick<ServerStatus, 'api_url' | 'services'> & { readonly isEmbedded: boolean };
}

const OTHER_KEY =
  'URLs of sources were stored with another key than this server has, and cannot be read here. Servers of one database share SLUICE_SECRET_KEY. Sources:';

/** The API over an engine, with what a person should know who starts it. It answers what it is asked inside of this process, and listens nowhere yet. */
export async function startApp(
  engine: Engine,
  { settings, sources, pages, limits, logger, clock, about }: Options,
  stack: AsyncDisposableStack,
): Promise<{ readonly app: FastifyInstance; readonly notes: readonly string[] }> {
  const { database } = engine;
  const { home } = settings;
  const credentials = { apiKey: settings.api_key, authString: settings.auth_string };
  const secretKey = await findSecretKey(home, settings.secret_key);
  const secrets = createSecretBox(secretKey);
  const unreadable = await readOtherwiseKeyed(database.sql, secrets.keyId);
  if (unreadable.length > 0) logger.warn({ sources: unreadable }, OTHER_KEY);

  const version = await readVersion();
  const times = new RequestTimes(clock);
  const loopDelay = watchLoopDelay(clock);
  stack.defer(loopDelay.stop);
  const facts = { sluice_version: version, started: new Date().toISOString(), home };
  const runAccess = createRunAccess(credentials, { database, clock });
  const app = await createApp({
    deps: {
      ...engine,
      newName: randomName,
      leaseSeconds: settings.lease_seconds,
      bundleMb: settings.bundle_mb,
      secrets,
      blockSecrets: createSecretBox(secretKey, 'block'),
      clock,
      status: () => readStatus(engine, { ...facts, ...about(), times, loopDelay }),
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
  return { app, notes: unreadable.length > 0 ? [`${OTHER_KEY} ${unreadable.join(', ')}`] : [] };
}

async function readVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return version;
}
