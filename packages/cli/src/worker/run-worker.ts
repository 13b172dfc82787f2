import { join } from 'node:path';
import type { Settings } from '@sluice/core/settings/settings';
import { eventText, startWorker } from '@sluice/worker';
import { outliveOutput } from '../program/end-with-output.ts';
import { onStopSignals } from '../program/stop-signals.ts';
import { say } from '../render/message.ts';

export interface WorkerWanted {
  readonly settings: Settings;
  readonly pool: string;
  readonly limit: number;
  readonly queues: readonly string[];
  readonly cleanEnv: boolean;
  /** It ends after what is due. */
  readonly isOnce: boolean;
}

interface OneWorker extends WorkerWanted {
  readonly name: string;
  readonly withHealthcheck: boolean;
}

/** A worker in this process, until it is told to stop and its runs have ended. */
export async function runWorker({ settings, pool, limit, queues, cleanEnv, isOnce, name, withHealthcheck }: OneWorker): Promise<void> {
  const { api_url, api_key, auth_string, beat_seconds, grace_seconds, start_seconds, spare_seconds, logging_level, bundle_cache_mb, home } = settings;
  outliveOutput();
  const line = (text: string) => say(`${new Date().toISOString()} ${name}: ${text}`);
  const isSupervised = process.send !== undefined;
  const worker = await startWorker({
    api: { api_url, api_key, auth_string },
    pool,
    name,
    limit,
    queues,
    beatSeconds: beat_seconds,
    graceSeconds: grace_seconds,
    startSeconds: start_seconds,
    spareSeconds: spare_seconds,
    loggingLevel: logging_level,
    cleanEnv,
    cache: join(home, 'cache'),
    bundles: join(home, 'bundles'),
    bundleCacheMb: bundle_cache_mb,
    isOnce,
    ...(withHealthcheck && { health: { host: settings.worker_webserver_host, port: settings.worker_webserver_port } }),
    onEvent: (event) => line(eventText(event, { pool, limit })),
  });
  const drain = () => {
    line(`finishing its flow runs${isSupervised ? '' : '; Ctrl+C again ends it at once'}`);
    worker.drain();
  };
  // A run whose worker ends is killed by the worker's guard, and goes back to the queue when its lease ends.
  const signals = onStopSignals(drain);
  const supervisorGone = () => worker.drain();
  process.on('disconnect', supervisorGone);
  // Or while the worker started: nobody would ever stop it.
  if (isSupervised && !process.connected) supervisorGone();
  await worker.ended;
  process.off('disconnect', supervisorGone);
  signals.forget();
  line('stopped');
}
