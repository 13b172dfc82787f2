import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createClient, pause, startTimer } from '@sluice/client';
import { isSluiceError, SluiceError } from '@sluice/core/errors/sluice-error';
import { keyName } from '../engine/names.ts';
import { stopOnSignals } from '../engine/stop-on-signals.ts';
import { RunAborted } from '../errors.ts';
import { LogShipper, levelOf } from '../logs/logging.ts';
import type { AnyTask } from '../model/task.ts';
import type { ServeOptions } from '../serving/serve.ts';
import { currentSettings } from '../settings/settings.ts';
import { beginTask, runBackgroundTask } from './run-background-task.ts';
import { scheduledTaskRuns } from './subscription.ts';

const LIMIT = 10;
/** Between two connections. */
const AGAIN_MS = 1000;
/** A server that is restarted is waited for. */
const PATIENCE_SECONDS = 60;

/** Runs task runs of these tasks in this process, until it is stopped. */
export async function serveTasks(tasks: readonly AnyTask[], { limit = LIMIT, signal }: Pick<ServeOptions, 'limit' | 'signal'>): Promise<void> {
  const byKey = keysOf(tasks);
  const { api_url, api_key, auth_string, logging_level, grace_seconds } = currentSettings();
  const client = createClient({ apiUrl: api_url, apiKey: api_key, authString: auth_string, patienceSeconds: PATIENCE_SECONDS });
  const worker = `${hostname()} ${process.pid} ${randomUUID().slice(0, 8)}`;
  const stop = new AbortController();
  const abandon = new AbortController();
  const served = { client, logs: new LogShipper(client, levelOf(logging_level)), worker, abandon: abandon.signal };
  const wanted = { apiUrl: api_url, token: api_key ?? auth_string, keys: [...byKey.keys()], clientId: worker };
  const running = new Set<Promise<void>>();
  using _signals = stopOnSignals(stop);
  const stops = signal ? AbortSignal.any([stop.signal, signal]) : stop.signal;
  /** Called when there may be room, or when it is to stop. */
  let wake = () => {};
  const untilWoken = () => new Promise<void>((resolve) => (wake = resolve));
  stops.addEventListener('abort', () => wake(), { once: true });
  try {
    await expectServer();
    console.log(`Serves ${[...byKey.values()].map(({ taskName }) => taskName).join(', ')}; ${limit} at once. Ctrl+C stops it.`);
    while (!stops.aborted) {
      const isFull = await take();
      if (stops.aborted) break;
      if (!isFull) await pause(AGAIN_MS, stops).catch(() => {});
      else if (running.size >= limit) await untilWoken();
    }
  } finally {
    const grace = startTimer(grace_seconds * 1000, () => abandon.abort(new RunAborted('WorkerShutdown')));
    await Promise.all(running);
    grace.stop();
    await client.close();
  }

  async function expectServer(): Promise<void> {
    const { close, capabilities } = createClient({ apiUrl: api_url, apiKey: api_key, authString: auth_string });
    await capabilities().finally(close);
  }

  /** Takes task runs over one connection, until it ends or as many run as may, which is told: who is not connected is offered none. */
  async function take(): Promise<boolean> {
    try {
      for await (const { taskRun, ack } of scheduledTaskRuns(wanted, stops)) {
        const task = byKey.get(taskRun.task_key);
        if (task && (await beginTask(served, taskRun, stops))) {
          const one = runBackgroundTask(served, task, taskRun).finally(() => {
            running.delete(one);
            wake();
          });
          running.add(one);
        }
        ack();
        if (running.size >= limit) return true;
      }
    } catch (error) {
      if (!stops.aborted && !passes(error)) throw error;
    }
    return false;
  }
}

/** The server is away, or what it has offered is gone. */
const passes = (error: unknown) => isSluiceError(error) && (error.kind.retryable || error.code === 'NOT_FOUND');

function keysOf(tasks: readonly AnyTask[]): Map<string, AnyTask> {
  const byKey = new Map<string, AnyTask>();
  for (const task of tasks) {
    const key = keyName(task.taskName);
    if (byKey.has(key))
      throw new SluiceError('USAGE', `serve() has two tasks named '${task.taskName}'.`, {
        hint: 'A task run is found by the name of its task: give one another name.',
      });
    byKey.set(key, task);
  }
  return byKey;
}
