import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { resolveSettings } from '@sluice/core/settings/settings';
import type { WorkerOptions } from '../worker-options.ts';

export const USAGE = `Usage: sluice-worker [options]
       sluice-worker run-claim, in a container that a worker has started

Takes flow runs of a work pool, as "sluice worker start" does. Settings come from the environment: SLUICE_API_URL, SLUICE_API_KEY …

  --api-url <url>       The server to talk to; SLUICE_API_URL when left out
  --pool <name>         Work pool to take runs from; SLUICE_WORK_POOL when left out
  --work-queue <name>   Only this queue of the pool; can be given more than once
  --name <name>         Name of the worker
  --limit <number>      Flow runs at once, 1 when left out
  --clean-env           Give flows only the environment that their deployment names
  --run-once            Run what is due, and what comes while that runs, and end
  --with-healthcheck    Answer at SLUICE_WORKER_WEBSERVER_HOST and _PORT, /health, whether it is in touch with its server
  --help                Show this`;

const OPTIONS = {
  'api-url': { type: 'string' },
  pool: { type: 'string' },
  'work-queue': { type: 'string', multiple: true },
  name: { type: 'string' },
  limit: { type: 'string', default: '1' },
  'clean-env': { type: 'boolean', default: false },
  'run-once': { type: 'boolean', default: false },
  'with-healthcheck': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const wrong = (message: string, cause?: unknown) => new SluiceError('USAGE', message, { hint: 'sluice-worker --help shows how.', cause });

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    throw wrong(messageOf(error), error);
  }
}

/** What a worker is started with, by its arguments and the environment; undefined when it is asked for help. */
export function readArguments(args: readonly string[], environment: NodeJS.ProcessEnv): WorkerOptions | undefined {
  const given = parse(args);
  if (given.help) return undefined;
  const limit = Number(given.limit);
  if (!Number.isInteger(limit) || limit < 1) throw wrong(`--limit is ${given.limit}: write a whole number, 1 or more.`);
  const { values, problems } = resolveSettings({ api_url: given['api-url'], work_pool: given.pool }, environment, {});
  if (problems.length > 0)
    throw new SluiceError('INVALID_SETTING', `These settings cannot be read: ${problems.join('; ')}.`, { hint: 'Correct them in the environment.' });
  const { api_url, api_key, auth_string, beat_seconds, grace_seconds, start_seconds, spare_seconds, logging_level, bundle_cache_mb } = values;
  const home = values.home.replace(/^~(?=\/|$)/, homedir());
  return {
    api: { api_url, api_key, auth_string },
    pool: values.work_pool,
    name: given.name ?? `${hostname()}-${process.pid}`,
    limit,
    queues: given['work-queue'] ?? [],
    beatSeconds: beat_seconds,
    graceSeconds: grace_seconds,
    startSeconds: start_seconds,
    spareSeconds: spare_seconds,
    loggingLevel: logging_level,
    cleanEnv: given['clean-env'],
    cache: join(home, 'cache'),
    bundles: join(home, 'bundles'),
    bundleCacheMb: bundle_cache_mb,
    isOnce: given['run-once'],
    ...(given['with-healthcheck'] && { health: { host: values.worker_webserver_host, port: values.worker_webserver_port } }),
  };
}
