import { SluiceError } from '@sluice/core/errors/sluice-error';
import pg from 'pg';
import { cancelQuery } from './cancel-query.ts';
import { sourceError } from './source-error.ts';

const CONNECT_MS = 15_000;

/**
 * Whatever the server, the database or the role says otherwise: texts that DuckDB reads exactly, an error instead of fewer rows where
 * row-level security applies, no time limit of others, one order of rows per table, and no waiting for a lock for ever.
 */
const SESSION = {
  application_name: 'sluice-etl',
  timezone: 'UTC',
  datestyle: 'ISO, YMD',
  intervalstyle: 'postgres',
  extra_float_digits: '3',
  bytea_output: 'hex',
  standard_conforming_strings: 'on',
  row_security: 'off',
  default_transaction_read_only: 'on',
  statement_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
  transaction_timeout: '0',
  lock_timeout: '60s',
  synchronize_seqscans: 'off',
  jit: 'off',
  client_min_messages: 'warning',
};

/** A setting that this release does not have is left alone. Bytes of a database without an encoding come as they are. */
const PREPARE = `
  select set_config(name, value, false) from json_each_text($1) as wanted(name, value) where current_setting(name, true) is not null
  union all select set_config('client_encoding', 'SQL_ASCII', false) where current_setting('server_encoding') = 'SQL_ASCII'`;

/** As libpq reads it: `sslmode=require` encrypts, and asks for no certificate that a public authority has signed. */
function asLibpq(url: string): string {
  return /[?&]sslmode=/.test(url) && !/[?&]uselibpqcompat=/.test(url) ? `${url}&uselibpqcompat=true` : url;
}

function newClient(url: string): pg.Client {
  try {
    return new pg.Client({ connectionString: asLibpq(url), connectionTimeoutMillis: CONNECT_MS, keepAlive: true });
  } catch (error) {
    throw new SluiceError('SOURCE_UNREACHABLE', 'The URL of the source cannot be read.', {
      hint: 'It looks like postgres://user@host:5432/database; special characters in a password are percent-encoded.',
      cause: error,
    });
  }
}

/** A session on a source. When `signal` is aborted its query is cancelled on the server, and the connection closed. */
export async function connectPostgres(url: string, { signal }: { signal?: AbortSignal } = {}): Promise<pg.Client> {
  signal?.throwIfAborted();
  const client = newClient(url);
  // Errors reach whoever waits for a query; without a listener an idle connection that breaks would end the process.
  client.on('error', () => {});
  const stop = () => cancelQuery(client);
  signal?.addEventListener('abort', stop, { once: true });
  client.once('end', () => signal?.removeEventListener('abort', stop));
  try {
    await client.connect();
    await client.query(PREPARE, [JSON.stringify(SESSION)]);
    // When this process is killed a long aggregate ends too. Some systems cannot look: there it goes on.
    await client.query(`set client_connection_check_interval = '10s'`).catch(() => {});
  } catch (error) {
    await client.end().catch(() => {});
    signal?.throwIfAborted();
    throw sourceError(error, client);
  }
  return client;
}
