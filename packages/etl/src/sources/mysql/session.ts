import { once } from 'node:events';
import type { Connection, ConnectionOptions } from 'mysql2';
import type { MysqlAddress } from './address.ts';
import { mysqlError } from './errors.ts';

export type Row = readonly (string | null)[];

/** A session on a server. */
export interface MysqlSession extends AsyncDisposable {
  readonly address: MysqlAddress;
  readonly connection: Connection;
  /** Rows as texts. */
  query(sql: string, values?: readonly string[]): Promise<Row[]>;
}

const CONNECT_MS = 15_000;

/** Sessions read: in UTC, with the same SQL whatever the server's settings are, and wait for a slow reader. */
const SET_UP = [
  `set names utf8mb4`,
  `set session time_zone = '+00:00', sql_mode = '', net_write_timeout = 3600, sql_select_limit = default`,
  'set session transaction isolation level repeatable read',
];

/** Does its work in a session. One that is stopped takes its query off the server. */
export async function withSession<T>(address: MysqlAddress, signal: AbortSignal, work: (session: MysqlSession) => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  await using session = await openSession(address);
  const stop = () => void killQuery(session);
  signal.addEventListener('abort', stop);
  try {
    return await work(session);
  } catch (error) {
    signal.throwIfAborted();
    throw mysqlError(error, address);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function openSession(address: MysqlAddress): Promise<MysqlSession> {
  const connection = await connect(address);
  const query = (sql: string, values: readonly string[] = []) =>
    new Promise<Row[]>((resolve, reject) => {
      const typeCast = (field: { string(): string | null }) => field.string();
      connection.query({ sql, values: [...values], rowsAsArray: true, typeCast }, (error, rows) => {
        if (error) reject(error);
        else resolve(rows as unknown as Row[]);
      });
    });
  // What is lost between two queries is told by the next one.
  connection.on('error', () => {});
  try {
    for (const sql of SET_UP) await query(sql);
  } catch (error) {
    connection.destroy();
    throw mysqlError(error, address);
  }
  const close = async () => {
    connection.destroy();
    await Promise.resolve();
  };
  return { address, connection, query, [Symbol.asyncDispose]: close };
}

async function connect(address: MysqlAddress): Promise<Connection> {
  if (address.sslMode === 'DISABLED') return await connectBy(address, undefined);
  const checks = address.sslMode.startsWith('VERIFY');
  const ssl = {
    rejectUnauthorized: checks,
    ...(address.ca !== undefined && { ca: address.ca }),
    ...(address.sslMode === 'VERIFY_IDENTITY' ? { verifyIdentity: true } : {}),
  };
  try {
    return await connectBy(address, ssl);
  } catch (error) {
    const isWithout = (error as { cause?: { code?: unknown } }).cause?.code === 'HANDSHAKE_NO_SSL_SUPPORT';
    if (address.sslMode !== 'PREFERRED' || !isWithout) throw error;
    return await connectBy(address, undefined);
  }
}

async function connectBy(address: MysqlAddress, ssl: ConnectionOptions['ssl']): Promise<Connection> {
  const { host, port, user, password, database } = address;
  // It takes as long to load as a small table to read: a process that reads from elsewhere has no use for it.
  const { createConnection } = await import('mysql2');
  const connection = createConnection({
    ...{ host, port, user, charset: 'utf8mb4', connectTimeout: CONNECT_MS },
    ...(password !== undefined && { password }),
    ...(database !== undefined && { database }),
    ...(ssl !== undefined && { ssl }),
    // A server may not ask for files of this machine.
    flags: ['-LOCAL_FILES'],
  });
  try {
    await once(connection, 'connect');
    return connection;
  } catch (error) {
    connection.destroy();
    throw mysqlError(error, address);
  }
}

/** From another session: this one is waiting for its answer. */
async function killQuery({ address, connection }: MysqlSession): Promise<void> {
  try {
    const other = await connect(address);
    await new Promise((resolve) => other.query(`kill query ${connection.threadId}`, resolve));
    other.destroy();
  } catch {
    // A server that cannot be reached notices that nobody reads.
  } finally {
    connection.destroy();
  }
}
