import { once } from 'node:events';
import type { Connection, ConnectionOptions } from 'mysql2';
import type { MysqlAddress } from './address.ts';
import { mysqlError } from './errors.ts';

export type Row = readonly (string | null)[];

/** A session on a server. */
export interface MysqlSession extends AsyncDisposable {
  readonly address: MysqlAddress;
  readonly connection: Connection;
  /** Rejects when no more answers come: the connection is lost, or the work is stopped. The driver tells that to some who wait, not to all. */
  readonly gone: Promise<never>;
  /** Rows as texts. */
  query(sql: string, values?: readonly string[]): Promise<Row[]>;
}

const CONNECT_MS = 15_000;
const KILL_MS = 2000;

/** Sessions read: in UTC, with the same SQL whatever the server's settings are, and wait for a slow reader. */
const SET_UP = [
  `set names utf8mb4`,
  `set session time_zone = '+00:00', sql_mode = '', net_write_timeout = 3600, sql_select_limit = default`,
  'set session transaction isolation level repeatable read',
];

/** Does its work in a session. One that is stopped is taken off the server with its query. */
export async function withSession<T>(address: MysqlAddress, signal: AbortSignal, work: (session: MysqlSession) => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  try {
    await using session = await open(address, signal);
    try {
      for (const sql of SET_UP) await session.query(sql);
      return await work(session);
    } finally {
      if (signal.aborted) await kill(session);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw mysqlError(error, address);
  }
}

async function open(address: MysqlAddress, signal: AbortSignal): Promise<MysqlSession> {
  const connection = await connect(address, signal);
  const { promise: gone, reject } = Promise.withResolvers<never>();
  gone.catch(() => {});
  connection.on('error', reject);
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const ask = (sql: string, values: readonly string[]) =>
    new Promise<Row[]>((resolve, refuse) => {
      const typeCast = (field: { string(): string | null }) => field.string();
      connection.query({ sql, values: [...values], rowsAsArray: true, typeCast }, (error, rows) => {
        if (error) refuse(error);
        else resolve(rows as unknown as Row[]);
      });
    });
  const close = () => {
    signal.removeEventListener('abort', stop);
    connection.destroy();
    return Promise.resolve();
  };
  return { address, connection, gone, query: (sql, values = []) => Promise.race([gone, ask(sql, values)]), [Symbol.asyncDispose]: close };
}

/** From another session. All of it: a query that ends while it is killed would be followed by the next one. */
async function kill({ address, connection }: MysqlSession): Promise<void> {
  try {
    await using other = await open(address, AbortSignal.timeout(KILL_MS));
    await other.query(`kill ${connection.threadId}`);
  } catch {
    // A server that cannot be reached notices that nobody reads.
  }
}

async function connect(address: MysqlAddress, signal: AbortSignal): Promise<Connection> {
  if (address.sslMode === 'DISABLED') return await connectBy(address, undefined, signal);
  const checks = address.sslMode.startsWith('VERIFY');
  const ssl = {
    rejectUnauthorized: checks,
    ...(address.ca !== undefined && { ca: address.ca }),
    ...(address.sslMode === 'VERIFY_IDENTITY' ? { verifyIdentity: true } : {}),
  };
  try {
    return await connectBy(address, ssl, signal);
  } catch (error) {
    const isWithout = (error as { cause?: { code?: unknown } }).cause?.code === 'HANDSHAKE_NO_SSL_SUPPORT';
    if (address.sslMode !== 'PREFERRED' || !isWithout) throw error;
    return await connectBy(address, undefined, signal);
  }
}

async function connectBy(address: MysqlAddress, ssl: ConnectionOptions['ssl'], signal: AbortSignal): Promise<Connection> {
  const { host, port, user, password, database } = address;
  // It takes as long to load as a small table to read: a process that reads from elsewhere has no use for it.
  const { createConnection } = await import('mysql2');
  const connection = createConnection({
    ...{ host, port, user, charset: 'utf8mb4', connectTimeout: CONNECT_MS },
    ...(password !== undefined && { password }),
    ...(database !== undefined && { database }),
    ...(ssl !== undefined && { ssl }),
    // A host that is gone says nothing: a query on it ends within a minute.
    ...{ enableKeepAlive: true, keepAliveInitialDelay: 30_000 },
    // A server may not ask for files of this machine.
    flags: ['-LOCAL_FILES'],
  });
  // One that is given up may still end with a fault.
  connection.on('error', () => {});
  try {
    await once(connection, 'connect', { signal });
    return connection;
  } catch (error) {
    connection.destroy();
    throw mysqlError(error, address);
  }
}
