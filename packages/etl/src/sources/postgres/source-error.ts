import { isSluiceError, messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import pg from 'pg';

interface Known {
  readonly says: (place: Place) => string;
  readonly hint: string;
}

interface Place {
  readonly address: string;
  readonly user: string;
  readonly database: string;
}

const REFUSED: Known = {
  says: ({ address }) => `PostgreSQL at ${address} does not answer.`,
  hint: 'Look whether it runs, whether host and port are right, and whether a firewall is in between.',
};
const UNKNOWN_HOST: Known = { says: ({ address }) => `There is no host for ${address}.`, hint: 'Look at the host in the URL of the source.' };
const NOT_LET_IN: Known = {
  says: ({ address, user }) => `PostgreSQL at ${address} does not let "${user}" in.`,
  hint: 'Look at user and password: in the URL of the source, in PGPASSWORD, or in the password file; and at pg_hba.conf of the server.',
};
const LOST: Known = {
  says: ({ address }) => `The connection to PostgreSQL at ${address} was lost.`,
  hint: 'Try again; the log of the server says why, if it was the server.',
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
  },
  '53300': {
    says: ({ address }) => `PostgreSQL at ${address} has no connection left.`,
    hint: 'Lower the concurrency of the source, or raise max_connections.',
  },
  '57P03': { says: ({ address }) => `PostgreSQL at ${address} is starting up or shutting down.`, hint: 'Try again in a moment.' },
  '57P01': LOST,
  '57P02': LOST,
  ECONNRESET: LOST,
  EPIPE: LOST,
};

/** What `pg` says without a code. */
const WORDED: readonly (readonly [RegExp, Known])[] = [
  [/timeout expired|timed out/i, REFUSED],
  [/password must be a string|no password/i, NOT_LET_IN],
  [/terminated|not queryable|closed/i, LOST],
];

function knownOf(error: unknown): Known | undefined {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  const code = String((inner as { code?: unknown } | undefined)?.code ?? '');
  return KNOWN[code] ?? (code === '' ? WORDED.find(([words]) => words.test(messageOf(inner)))?.[1] : undefined);
}

/** An error of a session, in one sentence. `table` is the one that was read when a query failed. */
export function sourceError(error: unknown, client: pg.Client, table?: string): unknown {
  if (isSluiceError(error)) return error;
  const known = knownOf(error);
  const place = { address: `${client.host}:${client.port}`, user: client.user ?? '', database: client.database ?? '' };
  if (known) return new SluiceError('SOURCE_UNREACHABLE', known.says(place), { hint: known.hint, cause: error });
  if (table === undefined) {
    return new SluiceError('SOURCE_UNREACHABLE', `PostgreSQL at ${place.address}: ${messageOf(error)}.`, {
      hint: 'Look at the URL of the source.',
      cause: error,
    });
  }
  const [says = ''] = messageOf(error).split('\n');
  if (/No space left/.test(says)) return new SluiceError('DISK_FULL', `No space is left for ${table}: ${says}.`, { hint: DISK_HINT, cause: error });
  const code = error instanceof pg.DatabaseError ? error.code : undefined;
  return new SluiceError('TABLE_UNREADABLE', `${table} cannot be read: ${says}.`, { hint: HINTS[code ?? ''] ?? HINT, cause: error });
}

/** What helps against a full disk. */
export const DISK_HINT = 'Free some, or set SLUICE_HOME to a larger disk.';

const HINT = 'Leave the table out, or report it if the fault is not in the table.';

const HINTS: { readonly [code: string]: string } = {
  '42501': 'Grant the user of the source what it lacks, or leave the table out.',
  '42P01': 'The table is gone since it was planned: start the load anew.',
  '42703': 'A column is gone since the table was planned: start the load anew.',
  '55P03': 'Another session holds it locked; try again when that has ended.',
};
