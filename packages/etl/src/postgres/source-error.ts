import { isSluiceError, messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import pg from 'pg';

interface Known {
  readonly says: (place: Place) => string;
  readonly hint: string;
  /** Another try would only meet it again: somebody has to change something first. */
  readonly lasting?: true;
  /** Another host of the source may do. */
  readonly elsewhere?: true;
}

interface Place {
  readonly address: string;
  readonly user: string;
  readonly database: string;
}

/** The server asks for a password, and nobody has given one. */
export class PasswordNeeded extends Error {
  override readonly message = 'a password is asked for, and there is none';
}

const REFUSED: Known = {
  says: ({ address }) => `PostgreSQL at ${address} does not answer.`,
  hint: 'Check whether it runs, whether host and port are right, and whether a firewall is in between.',
  elsewhere: true,
};
const UNKNOWN_HOST: Known = {
  says: ({ address }) => `There is no host for ${address}.`,
  hint: 'Look at the host in the URL of the source.',
  elsewhere: true,
};
const NOT_LET_IN: Known = {
  says: ({ address, user }) => `PostgreSQL at ${address} does not let "${user}" in.`,
  hint: 'Look at user and password: in the URL of the source, in PGPASSWORD, or in the password file; and at pg_hba.conf of the server.',
  lasting: true,
};
const LOST: Known = {
  says: ({ address }) => `The connection to PostgreSQL at ${address} was lost.`,
  hint: 'Try again; the log of the server says why, if it was the server.',
};
const CERTIFICATE: Known = {
  says: ({ address }) => `The certificate of PostgreSQL at ${address} is not one that sslmode accepts.`,
  hint: 'Name the root certificate with sslrootcert=…, or correct the host: the certificate is for another one, or is signed by somebody else.',
  lasting: true,
};

/** By error code of the system, or SQLSTATE. */
const KNOWN: { readonly [code: string]: Known } = {
  ECONNREFUSED: REFUSED,
  ETIMEDOUT: REFUSED,
  EHOSTUNREACH: REFUSED,
  ENETUNREACH: REFUSED,
  ENOENT: REFUSED,
  ENOTFOUND: UNKNOWN_HOST,
  EAI_AGAIN: UNKNOWN_HOST,
  '28000': NOT_LET_IN,
  '28P01': NOT_LET_IN,
  '3D000': {
    says: ({ address, database }) => `PostgreSQL at ${address} has no database "${database}".`,
    hint: 'Look at the end of the URL of the source.',
    lasting: true,
  },
  '53300': {
    says: ({ address }) => `PostgreSQL at ${address} has no free connection.`,
    hint: 'Lower the concurrency of the source, or raise max_connections.',
  },
  '57P03': { says: ({ address }) => `PostgreSQL at ${address} is starting up or shutting down.`, hint: 'Try again in a moment.', elsewhere: true },
  '57P01': LOST,
  '57P02': LOST,
  ECONNRESET: LOST,
  EPIPE: LOST,
  ERR_TLS_CERT_ALTNAME_INVALID: CERTIFICATE,
  CERT_HAS_EXPIRED: CERTIFICATE,
  DEPTH_ZERO_SELF_SIGNED_CERT: CERTIFICATE,
  SELF_SIGNED_CERT_IN_CHAIN: CERTIFICATE,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: CERTIFICATE,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: CERTIFICATE,
};

/** What comes with no code, or with one that says less. */
const WORDED: readonly (readonly [RegExp, Known])[] = [
  [/timeout expired|timed out/i, REFUSED],
  [/password must be a|a password is asked for|password authentication failed|no such user/i, NOT_LET_IN],
  [
    /does not support SSL/i,
    {
      says: ({ address }) => `PostgreSQL at ${address} does not encrypt connections, and sslmode asks for it.`,
      hint: 'Let the server encrypt (ssl = on), or use sslmode=prefer.',
      lasting: true,
    },
  ],
  [
    /(?:unsupported|unrecognized).* startup parameter: (\S+)/i,
    {
      says: ({ address }) => `The server at ${address}, probably a connection pool, does not accept "options".`,
      hint: 'Take options out of the URL of the source, and PGOPTIONS out of the environment.',
      lasting: true,
    },
  ],
  [
    /query_wait_timeout/i,
    {
      says: ({ address }) => `The pool at ${address} has no free server connection.`,
      hint: 'Give it more of them, or lower the concurrency of the source; a shared snapshot holds one all the time.',
    },
  ],
  [/terminated|not queryable|closed/i, LOST],
];

const innerOf = (error: unknown): unknown => (error instanceof AggregateError ? error.errors[0] : error);

const codeOf = (error: unknown): string => String((innerOf(error) as { code?: unknown } | undefined)?.code ?? '');

function knownOf(error: unknown): Known | undefined {
  const code = codeOf(error);
  const words = () => WORDED.find(([pattern]) => pattern.test(messageOf(innerOf(error))))?.[1];
  return KNOWN[code] ?? (code === '' || code === '08P01' ? words() : undefined);
}

/** An error of a session, in one sentence. `table` is the one that was read when a query failed. */
export function sourceError(error: unknown, client: pg.Client, table?: string): unknown {
  if (isSluiceError(error)) return error;
  const known = knownOf(error);
  const place = { address: `${client.host}:${client.port}`, user: client.user ?? '', database: client.database ?? '' };
  if (known) return new SluiceError('SOURCE_UNREACHABLE', known.says(place), { hint: known.hint, cause: error, lasting: known.lasting });
  if (table === undefined) {
    return new SluiceError('SOURCE_UNREACHABLE', `PostgreSQL at ${place.address}: ${messageOf(error)}.`, {
      hint: 'Look at the URL of the source.',
      cause: error,
    });
  }
  const [says = ''] = messageOf(error).split('\n');
  if (/No space left/.test(says)) return new SluiceError('DISK_FULL', `No space is left for ${table}: ${says}.`, { hint: DISK_HINT, cause: error });
  const code = error instanceof pg.DatabaseError ? error.code : undefined;
  const parts = { hint: HINTS[code ?? ''] ?? HINT, cause: error, lasting: code === NO_RIGHT };
  return new SluiceError('TABLE_UNREADABLE', `${table} cannot be read: ${says}.`, parts);
}

const causeOf = (error: unknown): unknown => (isSluiceError(error) ? error.cause : undefined);

/** Whether the next host of a source may do where this one did not. */
export const isNotThere = (error: unknown): error is SluiceError => isSluiceError(error) && knownOf(error.cause)?.elsewhere === true;

/** The server has not let a session in: it may say otherwise where that is encrypted, or is not. 08P01 is a pool's. */
export const isRefusal = (error: unknown): boolean => /^28|^08P01/.test(codeOf(causeOf(error)));

/** Whether a session may begin with encryption where it did not without, and the other way round. */
export function mayGoOtherwise(error: unknown): boolean {
  const cause = causeOf(error);
  if (cause === undefined || isNotThere(error) || cause instanceof PasswordNeeded) return false;
  return isRefusal(error) || !(cause instanceof pg.DatabaseError);
}

/** Whether the server asks for a password that nobody has given. */
export const isPasswordNeeded = (error: unknown): boolean => causeOf(error) instanceof PasswordNeeded;

/** What helps against a full disk. */
export const DISK_HINT = 'Free some, or set SLUICE_HOME to a larger disk.';

const HINT = 'Leave the table out, or report it if the fault is not in the table.';

const NO_RIGHT = '42501';

const HINTS: { readonly [code: string]: string } = {
  [NO_RIGHT]: 'Grant the user of the source what it lacks, or leave the table out.',
  '42P01': 'The table has disappeared since it was planned: start the load again.',
  '42703': 'A column has disappeared since the table was planned: start the load again.',
  '55P03': 'Another session holds it locked; try again when that has ended.',
};

/** Whether a query failed because what it reads is not any more what the catalog has just said. */
export const hasChangedMeanwhile = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && (error.code === '42P01' || error.code === '42703' || error.code === '42804' || error.code === 'XX000');
