import { readLakeAddress } from '../../names/lake-address.ts';
import { parseUrl } from '../../postgres/address/addresses.ts';
import { readLibpqUrl } from '../../postgres/address/libpq-url.ts';

/** The catalog's database, as DuckDB's extension for PostgreSQL is told of it: what everybody may see, and the password. */
export interface Catalog {
  /** URL with the password. */
  readonly url: string;
  /** `host='…' port='…'`, without the password: it stands in messages. */
  readonly conninfo: string;
  /** Undefined: libpq looks in `PGPASSWORD` and `~/.pgpass` by itself. */
  readonly password: string | undefined;
}

/** What was found for a lake's name: its own URL with a password, or that of the catalog's database alone. */
export function catalogOf(found: string): Catalog {
  const url = /^ducklake:/i.test(found) ? readLakeAddress(found).catalog : found;
  const { hosts, user, password, database, parameters } = readLibpqUrl(url) ?? parseUrl(url);
  const given = {
    host: hosts.map(({ host }) => host).join(','),
    port: hosts.every(({ port }) => port === '') ? '' : hosts.map(({ port }) => port).join(','),
    user: user ?? '',
    dbname: database ?? '',
    ...Object.fromEntries([...parameters].filter(([name]) => !OF_URL.has(name))),
  };
  const parts = Object.entries(given).filter(([, value]) => value !== '' && !/^,+$/.test(value));
  return { url, conninfo: parts.map(([name, value]) => `${name}=${quote(value)}`).join(' '), password };
}

/** Parameters that have been read into what stands before them, and one that libpq does not know. */
const OF_URL = new Set(['host', 'hostaddr', 'port', 'user', 'password', 'dbname', 'ssl']);

const quote = (value: string): string => `'${value.replaceAll(/[\\']/g, '\\$&')}'`;
