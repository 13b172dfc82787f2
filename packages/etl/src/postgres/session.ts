import { type Addresses, addressesOf } from './address/addresses.ts';
import { connectPostgres, type PostgresClient } from './connect.ts';
import { isOfKind, readServer } from './server.ts';

/** A session, and what ends it. */
interface Session {
  /** Where it leads, and as whom. */
  readonly key: string;
  readonly client: PostgresClient;
  readonly stop: AbortController;
}

/**
 * The session of the last work that went well. To connect costs the server as much as to read a small table: a process of its own,
 * which knows nothing of the catalog yet. Nothing is set in it outside of a transaction, so the next work finds it as a new one.
 */
const idle = new Map<string, { readonly session: Session; readonly timer: NodeJS.Timeout }>();

/** One of the source, and one of the warehouse. */
const MOST_IDLE = 2;

/** As long as a process takes from one step to the next; who waits for longer should not hold a connection. */
const IDLE_MS = 1000;

/** Does its work in a session on a source, which is the one of the work before where that led to the same place. */
export async function withSession<T>(url: string, signal: AbortSignal, work: (client: PostgresClient) => Promise<T>): Promise<T> {
  const addresses = addressesOf(url);
  const session = (await takeIdle(addresses, signal)) ?? (await open(url, keyOf(addresses), signal));
  const unfollow = follow(session.stop, signal);
  let sound = false;
  try {
    const result = await work(session.client);
    sound = !signal.aborted;
    return result;
  } finally {
    unfollow();
    if (sound) keepIdle(session);
    else await end(session);
  }
}

const keyOf = (addresses: Addresses): string => JSON.stringify(addresses);

async function open(url: string, key: string, signal: AbortSignal): Promise<Session> {
  const stop = new AbortController();
  const unfollow = follow(stop, signal);
  try {
    return { key, stop, client: await connectPostgres(url, { signal: stop.signal }) };
  } finally {
    unfollow();
  }
}

/** The idle session when it leads there and still does: a server may have gone meanwhile, or have become a standby. */
async function takeIdle(addresses: Addresses, signal: AbortSignal): Promise<Session | undefined> {
  const session = letGo(keyOf(addresses));
  if (!session) return undefined;
  const unfollow = follow(session.stop, signal);
  try {
    socketOf(session).ref();
    const server = await readServer(session.client);
    if (isOfKind[addresses.wanted](server)) return { ...session, client: Object.assign(session.client, { server }) };
  } catch {
    signal.throwIfAborted();
  } finally {
    unfollow();
  }
  await end(session);
  return undefined;
}

function keepIdle(session: Session): void {
  const [oldest] = idle.size < MOST_IDLE && !idle.has(session.key) ? [] : idle.keys();
  const before = letGo(idle.has(session.key) ? session.key : oldest);
  if (before) void end(before);
  const timer = setTimeout(() => {
    if (idle.get(session.key)?.session === session) letGo(session.key);
    void end(session);
  }, IDLE_MS).unref();
  idle.set(session.key, { session, timer });
  // A command ends when its work is done.
  socketOf(session).unref();
}

function letGo(key: string | undefined): Session | undefined {
  const kept = key === undefined ? undefined : idle.get(key);
  if (!kept) return undefined;
  clearTimeout(kept.timer);
  idle.delete(kept.session.key);
  return kept.session;
}

const end = ({ client }: Session): Promise<void> => client.end().catch(() => {});

const socketOf = ({ client }: Session) => (client as unknown as { connection: { stream: { ref(): void; unref(): void } } }).connection.stream;

/** Aborts one with the other, until it is let go. */
function follow(stop: AbortController, signal: AbortSignal): () => void {
  const abort = () => stop.abort(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort);
  return () => signal.removeEventListener('abort', abort);
}
