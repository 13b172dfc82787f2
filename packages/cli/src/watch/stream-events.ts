import { on, once } from 'node:events';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Event } from '@sluice/core/model/event';

interface Wanted {
  readonly apiUrl: string;
  /** The key, or user and password. */
  readonly token: string | undefined;
  /** What happened since then is told too. */
  readonly since: Date;
}

/** As Prefect's subscriber asks. */
const YEAR_MS = 365 * 86_400_000;
/** The close code of a server that does not let one in. */
const POLICY = 1008;

/** Events as they happen, by Prefect's websocket, until `signal` ends it. Rejects when the server does not let one in, or goes away. */
export async function* streamEvents({ apiUrl, token, since }: Wanted, signal: AbortSignal): AsyncGenerator<Event, void> {
  const socket = new WebSocket(`${apiUrl.replace(/^http/, 'ws')}/events/out`, ['prefect']);
  const closed = once(socket, 'close') as Promise<[CloseEvent]>;
  // Listened to from the start: what comes with the greeting is not missed.
  const messages = on(socket, 'message', { signal, close: ['close'] }) as AsyncIterable<[{ readonly data: string }]>;
  socket.addEventListener('open', () => socket.send(JSON.stringify({ type: 'auth', token: token ?? null })));
  socket.addEventListener('error', () => {}); // the close that follows tells
  const occurred = { since: since.toISOString(), until: new Date(since.getTime() + YEAR_MS).toISOString() };
  try {
    for await (const [{ data }] of messages) {
      const message = JSON.parse(data) as { type: string; event?: Event };
      if (message.type === 'auth_success') socket.send(JSON.stringify({ type: 'filter', filter: { occurred } }));
      if (message.event) yield message.event;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    socket.close();
  }
  if (!signal.aborted) throw goneError(apiUrl, (await closed)[0]);
}

function goneError(apiUrl: string, { code, reason }: CloseEvent): SluiceError {
  if (code === POLICY)
    return new SluiceError('UNAUTHORIZED', `The server at ${apiUrl} does not let you in: ${reason}.`, { hint: 'Set SLUICE_API_KEY.' });
  const why = reason || `the connection was closed (${code})`;
  return new SluiceError('API_UNREACHABLE', `The server at ${apiUrl} tells no more events: ${why}.`, {
    hint: 'sluice server status shows whether it runs.',
  });
}
