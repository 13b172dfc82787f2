import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { SluiceError } from '@sluice/core/errors/sluice-error';

const SSL_MODES = ['DISABLED', 'PREFERRED', 'REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'] as const;
type SslMode = (typeof SSL_MODES)[number];

/** Where a server is, and all that a session on it needs. */
export interface MysqlAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  /** Undefined where all databases of the server are meant. */
  readonly database: string | undefined;
  readonly sslMode: SslMode;
  /** Certificates that are trusted, instead of the system's. */
  readonly ca: string | undefined;
}

const wrong = (says: string, hint: string, cause?: unknown) => new SluiceError('SOURCE_UNREACHABLE', says, { hint, cause, lasting: true });

/** The parts of a URL; undefined for what is none. */
export function readMysqlUrl(text: string): URL | undefined {
  if (!/^(mysql|mariadb):\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  try {
    for (const part of [url.username, url.password, url.pathname]) decodeURIComponent(part);
  } catch {
    return undefined;
  }
  return url.pathname.lastIndexOf('/') > 0 || url.hash !== '' ? undefined : url;
}

/** Where a URL leads, with what the environment says, as for the client of MySQL. */
export function mysqlAddress(text: string, env: NodeJS.ProcessEnv = process.env): MysqlAddress {
  const url = readMysqlUrl(text);
  if (!url)
    throw wrong(
      'The URL of the source cannot be read.',
      'It looks like mysql://user@host:3306/database; special characters in a password are percent-encoded.',
    );
  const unknown = [...url.searchParams.keys()].filter((name) => name !== 'ssl-mode' && name !== 'ssl-ca');
  if (unknown.length > 0) throw wrong(`The source has ${unknown.join(', ')}, which is not known.`, 'Known are ssl-mode and ssl-ca.');
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1',
    port: Number(url.port || 3306),
    user: decodeURIComponent(url.username) || userInfo().username,
    password: (url.password === '' ? undefined : decodeURIComponent(url.password)) ?? (env['MYSQL_PWD'] || undefined),
    database: decodeURIComponent(url.pathname.slice(1)) || undefined,
    sslMode: sslModeOf(url.searchParams.get('ssl-mode') ?? 'PREFERRED'),
    ca: certificatesOf(url.searchParams.get('ssl-ca')),
  };
}

function sslModeOf(given: string): SslMode {
  const mode = SSL_MODES.find((each) => each === given.toUpperCase().replaceAll('-', '_'));
  if (mode) return mode;
  throw wrong(`The source has ssl-mode=${given}, which is not known.`, `The known values are ${SSL_MODES.join(', ')}.`);
}

function certificatesOf(path: string | null): string | undefined {
  try {
    return path ? readFileSync(path, 'utf8') : undefined;
  } catch (cause) {
    throw wrong(`The certificates at ${path} cannot be read.`, 'Look at ssl-ca in the URL of the source.', cause);
  }
}
