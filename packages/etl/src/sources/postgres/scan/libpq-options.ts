import type { PostgresClient } from '../../../postgres/connect.ts';
import { literal } from '../../../types/sql.ts';

/** What libpq must be told to get to where this session is, as it is: what is not said it takes from the environment, as this session did. */
function libpqOptions({ address, way, applicationName }: PostgresClient): Readonly<Record<string, string | undefined>> {
  const { host, port, user, database, password, options, timeout, tls } = address;
  return {
    ...{ host, port: String(port), user, dbname: database, password, application_name: applicationName },
    ...(way === false ? { sslmode: 'disable' } : { sslmode: tls.mode, sslrootcert: tls.sslrootcert, sslcert: tls.sslcert, sslkey: tls.sslkey }),
    // Our own settings come after the first statements, and a server that is busy might stop those.
    options: [options, '-c statement_timeout=0'].filter(Boolean).join(' '),
    ...{ gssencmode: 'disable', target_session_attrs: 'any', connect_timeout: String(timeout ?? 15) },
  };
}

/** A secret of DuckDB with all of that: the text of an ATTACH, and the list of databases, have nothing of it. */
export function createSecret(name: string, client: PostgresClient): string {
  const given = Object.entries(libpqOptions(client)).flatMap(([option, value]) => (value === undefined ? [] : [`${option} ${literal(value)}`]));
  return `create or replace temporary secret ${name} (type postgres, ${given.join(', ')})`;
}
