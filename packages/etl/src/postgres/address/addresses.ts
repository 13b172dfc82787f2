import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { type LibpqUrl, readLibpqUrl } from './libpq-url.ts';
import { expectKnownParameters } from './parameters.ts';
import { findPassword } from './passfile.ts';
import { NoRootCertificate, SSL_MODES, type SslMode, type TlsFiles, type Way, waysOf } from './tls.ts';

/** One host of a source, and all that a session on it needs. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** Undefined where none is known. */
  readonly password: string | undefined;
  readonly ways: readonly Way[];
  /** What the ways were made of. */
  readonly tls: { readonly mode: SslMode } & Omit<TlsFiles, 'folder'>;
  readonly applicationName: string | undefined;
  readonly options: string | undefined;
  /** Seconds; undefined where nobody says. */
  readonly timeout: number | undefined;
}

export const SESSION_KINDS = ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'] as const;
export type SessionKind = (typeof SESSION_KINDS)[number];

export interface Addresses {
  readonly hosts: readonly Address[];
  /** Which server of several is wanted: `target_session_attrs`. */
  readonly wanted: SessionKind;
}

/** The environment's word for a parameter that the URL does not have, as libpq has them. */
const VARIABLES: { readonly [parameter: string]: string } = {
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  passfile: 'PGPASSFILE',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
  application_name: 'PGAPPNAME',
  options: 'PGOPTIONS',
  connect_timeout: 'PGCONNECT_TIMEOUT',
};

const wrongUrl = (says: string, hint: string, cause?: unknown) => new SluiceError('SOURCE_UNREACHABLE', says, { hint, cause, lasting: true });

export function parseUrl(url: string): LibpqUrl {
  const parsed = readLibpqUrl(url);
  if (parsed) {
    expectKnownParameters(parsed.parameters);
    return parsed;
  }
  throw wrongUrl(
    'The URL of the source cannot be read.',
    'It looks like postgres://user@host:5432/database; special characters in a password are percent-encoded.',
  );
}

/** Who is meant where a URL names no user. */
export const userOf = ({ user }: LibpqUrl, env: NodeJS.ProcessEnv): string => user ?? env['PGUSER'] ?? userInfo().username;

/** Where a URL leads, with what the environment and the files of the user say, as for psql. */
export function addressesOf(url: string, env: NodeJS.ProcessEnv = process.env): Addresses {
  const parsed = parseUrl(url);
  const parameter = (name: string) => parsed.parameters.get(name) || env[VARIABLES[name] ?? ''] || undefined;
  const user = userOf(parsed, env);
  const database = parsed.database ?? env['PGDATABASE'] ?? user;
  // As Java writes it, and libpq reads it.
  const ssl = parsed.parameters.get('ssl') === 'true' ? 'require' : undefined;
  const mode = oneOf(SSL_MODES, 'sslmode', parsed.parameters.get('sslmode') || ssl || parameter('sslmode') || 'prefer');
  const passfile = parameter('passfile') ?? join(homedir(), '.pgpass');
  const timeout = parameter('connect_timeout');
  const files = { sslrootcert: parameter('sslrootcert'), sslcert: parameter('sslcert'), sslkey: parameter('sslkey') };
  const hosts = hostsOf(parsed, env).map(({ host, port }): Address => {
    const password = parsed.password ?? env['PGPASSWORD'] ?? findPassword(passfile, { host, port, database, user });
    return {
      ...{ host, port, user, database, password: password === '' ? undefined : password },
      ways: safeWays(mode, host, files),
      tls: { mode, ...files },
      applicationName: parameter('application_name'),
      options: parameter('options'),
      timeout: timeout === undefined ? undefined : secondsOf(timeout),
    };
  });
  return { hosts, wanted: oneOf(SESSION_KINDS, 'target_session_attrs', parameter('target_session_attrs') ?? 'any') };
}

function oneOf<T extends string>(known: readonly T[], name: string, given: string): T {
  const found = known.find((each) => each === given);
  if (found) return found;
  throw wrongUrl(`The source has ${name}=${given}, which is not known.`, `The known values are ${known.join(', ')}.`);
}

function secondsOf(text: string): number {
  if (/^\s*-?\d+\s*$/.test(text)) return Math.max(0, Number(text));
  throw wrongUrl(`The source has connect_timeout=${text}, which is not a number of seconds.`, 'Write it as connect_timeout=10.');
}

function safeWays(mode: SslMode, host: string, files: Omit<TlsFiles, 'folder'>): Way[] {
  try {
    return waysOf(mode, host, { ...files, folder: join(homedir(), '.postgresql') });
  } catch (error) {
    if (error instanceof NoRootCertificate)
      throw wrongUrl(
        `${error.message}.`,
        'Name its file with sslrootcert=…, or use sslmode=verify-full, which judges by the certificates of the system.',
        error,
      );
    throw wrongUrl('A file of certificates that the source names cannot be read.', 'Look at sslrootcert, sslcert and sslkey.', error);
  }
}

const SOCKETS = ['/var/run/postgresql', '/tmp'];

function hostsOf({ hosts }: LibpqUrl, env: NodeJS.ProcessEnv): { host: string; port: number }[] {
  const named =
    hosts.length === 1 && hosts[0]?.host === '' && env['PGHOST']
      ? env['PGHOST'].split(',').map((host) => ({ host, port: hosts[0]?.port ?? '' }))
      : hosts;
  const ports = env['PGPORT']?.split(',') ?? [];
  return named.map(({ host, port }, index) => {
    const number = Number(port || (ports.length > 1 ? ports[index] : ports[0]) || 5432);
    return { host: host || usualHost(number), port: number };
  });
}

/** Where nobody names a host, the socket of this machine is one. */
const usualHost = (port: number): string => SOCKETS.find((folder) => existsSync(join(folder, `.s.PGSQL.${port}`))) ?? 'localhost';
