import pg from 'pg';
import type { PostgresClient } from './connect.ts';

/**
 * Whatever the server, the database or the role says otherwise: texts that DuckDB reads exactly, an error instead of fewer rows where
 * row-level security applies, no time limit of others, one order of rows per table, and no waiting for a lock for ever.
 */
const SETTINGS = {
  statement_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  lock_timeout: '60s',
  timezone: 'UTC',
  datestyle: 'ISO, YMD',
  intervalstyle: 'postgres',
  extra_float_digits: '3',
  bytea_output: 'hex',
  standard_conforming_strings: 'on',
  row_security: 'off',
  synchronize_seqscans: 'off',
  jit: 'off',
  client_min_messages: 'warning',
} as const;

/** When this process is killed a long aggregate ends too. Some systems cannot look: there it goes on. */
const LOOK = { client_connection_check_interval: '10s' } as const;

/** Settings that not every release has. */
const SINCE: { readonly [name: string]: number } = { transaction_timeout: 170_000, client_connection_check_interval: 140_000 };

export interface BeginOptions {
  /** Id of a snapshot that another session has exported. */
  readonly snapshot?: string | undefined;
  /** Whether it writes too: then each statement sees what others have committed before it. Default `read`. */
  readonly access?: keyof typeof ACCESS;
}

const ACCESS = { read: 'isolation level repeatable read read only', write: 'isolation level read committed read write' } as const;

/**
 * Begins a transaction. All that is set ends with it: the connection may be one of a pool, and the next transaction on it
 * another program's. `set local` looks at nothing, so the transaction sees the state of its first look, or of the snapshot.
 */
export async function begin(client: PostgresClient, options: BeginOptions = {}): Promise<void> {
  try {
    await client.query(statements(client, options, { ...SETTINGS, transaction_timeout: '0', ...LOOK }));
  } catch (error) {
    if (!isUnableToLook(error)) throw error;
    await client.query('rollback');
    await client.query(statements(client, options, { ...SETTINGS, transaction_timeout: '0' }));
  }
}

function statements(client: PostgresClient, { snapshot, access = 'read' }: BeginOptions, settings: Settings): string {
  return [
    `begin ${ACCESS[access]}`,
    ...(snapshot === undefined ? [] : [`set transaction snapshot ${pg.escapeLiteral(snapshot)}`]),
    ...settingsOf(client, settings).map(([name, value]) => `set local ${name} = ${pg.escapeLiteral(value)}`),
  ].join('; ');
}

interface Settings {
  readonly [name: string]: string;
}

/** What this server knows of these, and what else a transaction on it has. */
function settingsOf({ server, applicationName }: PostgresClient, settings: Settings): [name: string, value: string][] {
  // Bytes of a database without an encoding come as they are.
  const encoding = server.encoding === 'SQL_ASCII' ? 'SQL_ASCII' : 'UTF8';
  return Object.entries({ ...settings, client_encoding: encoding, application_name: applicationName }).filter(
    ([name]) => server.version >= (SINCE[name] ?? 0),
  );
}

/** The same settings as `begin` makes, as values of one select, for another session that reads for this one. `look`: what its server takes. */
export const settingsAsSelect = (client: PostgresClient, look: string | null): string[] =>
  settingsOf(client, { ...SETTINGS, transaction_timeout: '0', ...(look !== null && { client_connection_check_interval: look }) }).map(
    ([name, value]) => `set_config(${pg.escapeLiteral(name)}, ${pg.escapeLiteral(value)}, true)`,
  );

const isUnableToLook = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code === '22023' && error.message.includes('client_connection_check_interval');

/** Does its work in a transaction that reads, and leaves nothing of it behind. */
export async function inTransaction<T>(client: PostgresClient, work: () => Promise<T>): Promise<T> {
  await begin(client);
  try {
    return await work();
  } finally {
    // There is nothing to keep; and where the work has failed there is nothing else to do.
    await client.query('rollback').catch(() => {});
  }
}
