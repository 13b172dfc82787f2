import { on, once } from 'node:events';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { TaskRun } from '@sluice/core/model/task-run';

interface Wanted {
  readonly apiUrl: string;
  /** The key, or user and password. */
  readonly token: string | undefined;
  /** Keys of the tasks that are served here. */
  readonly keys: readonly string[];
  readonly clientId: string;
}

export interface Offered {
  readonly taskRun: TaskRun;
  /** Takes it. Without this, and after a minute, somebody else is offered it. */
  ack(): void;
}

/** The close code of a server that does not let one in. */
const POLICY = 1008;
/** A connection that has told nothing for so long may be dead: it is made anew. */
const SILENT_MS = 60_000;

/**
 * One connection to Prefect's `/task_runs/subscriptions/scheduled`, 3.9.1: one task run at a time, the next when that is taken. It ends when
 * the connection does, or `signal`; what is not taken by then is offered to others. Rejects when the server does not let one in.
 */
export async function* scheduledTaskRuns({ apiUrl, token, keys, clientId }: Wanted, signal: AbortSignal): AsyncGenerator<Offered, void> {
  const socket = new WebSocket(`${apiUrl.replace(/^http/, 'ws')}/task_runs/subscriptions/scheduled`, ['prefect']);
  const silent = new AbortController();
  const timer = setTimeout(() => silent.abort(), SILENT_MS).unref();
  const ends = AbortSignal.any([signal, silent.signal]);
  const closed = once(socket, 'close', { signal: ends }) as Promise<[CloseEvent]>;
  closed.catch(() => {});
  // Listened to from the start: what comes with the greeting is not missed.
  const messages = on(socket, 'message', { signal: ends, close: ['close'] }) as AsyncIterable<[{ readonly data: string }]>;
  const say = (message: object) => socket.send(JSON.stringify(message));
  socket.addEventListener('open', () => say({ type: 'auth', token: token ?? null }));
  socket.addEventListener('error', () => {}); // the close that follows tells
  try {
    for await (const [{ data }] of messages) {
      timer.refresh();
      const message = JSON.parse(data) as { type?: string } & TaskRun;
      if (message.type === 'auth_success') say({ type: 'subscribe', keys, client_id: clientId });
      else if (message.type === undefined) yield { taskRun: message, ack: () => say({ type: 'ack' }) };
    }
    const [{ code, reason }] = await closed;
    if (code === POLICY)
      throw new SluiceError('UNAUTHORIZED', `The server at ${apiUrl} does not let you in: ${reason}.`, { hint: 'Set SLUICE_API_KEY.' });
  } catch (error) {
    if (!ends.aborted) throw error;
  } finally {
    clearTimeout(timer);
    socket.close();
  }
}
