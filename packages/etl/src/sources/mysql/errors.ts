import { isSluiceError, messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { isDiskFull, noRoomForParts } from '../no-room.ts';
import type { MysqlAddress } from './address.ts';

interface Known {
  readonly says: (at: Place) => string;
  readonly hint: string;
  readonly lasting?: true;
}

type Place = Pick<MysqlAddress, 'user' | 'database'> & { readonly at: string };

const AWAY: Known = {
  says: ({ at }) => `MySQL at ${at} does not answer.`,
  hint: 'Check whether it runs, whether host and port are right, and whether a firewall is in between.',
};
const UNKNOWN_HOST: Known = { says: ({ at }) => `There is no host for ${at}.`, hint: 'Look at the host in the URL of the source.' };
const NOT_LET_IN: Known = {
  says: ({ at, user }) => `MySQL at ${at} does not let "${user}" in.`,
  hint: 'Look at user and password: in the URL of the source, or in MYSQL_PWD; and at the host that the server lets this user come from.',
  lasting: true,
};
const LOST: Known = {
  says: ({ at }) => `The connection to MySQL at ${at} was lost.`,
  hint: 'Try again; the log of the server says why, if it was the server.',
};
const NO_TLS: Known = {
  says: ({ at }) => `MySQL at ${at} has no TLS, or not one that ssl-mode accepts.`,
  hint: 'Name the root certificate with ssl-ca=…, correct the host, or take another ssl-mode.',
  lasting: true,
};

/** By the code of the system, of mysql2, or of the server. */
const KNOWN: { readonly [code: string]: Known } = {
  ECONNREFUSED: AWAY,
  ETIMEDOUT: AWAY,
  EHOSTUNREACH: AWAY,
  ENETUNREACH: AWAY,
  ENOTFOUND: UNKNOWN_HOST,
  EAI_AGAIN: UNKNOWN_HOST,
  ER_ACCESS_DENIED_ERROR: NOT_LET_IN,
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: NOT_LET_IN,
  ER_HOST_NOT_PRIVILEGED: NOT_LET_IN,
  AUTH_SWITCH_PLUGIN_ERROR: NOT_LET_IN,
  ER_DBACCESS_DENIED_ERROR: {
    says: ({ database, user }) => `"${user}" may not use the database "${database}", or there is none.`,
    hint: 'Look at the end of the URL of the source, and at the grants of this user.',
    lasting: true,
  },
  ER_BAD_DB_ERROR: {
    says: ({ at, database }) => `MySQL at ${at} has no database "${database}".`,
    hint: 'Look at the end of the URL of the source.',
    lasting: true,
  },
  ER_CON_COUNT_ERROR: {
    says: ({ at }) => `MySQL at ${at} has no free connection.`,
    hint: 'Lower the concurrency of the source, or raise max_connections.',
  },
  PROTOCOL_CONNECTION_LOST: LOST,
  ECONNRESET: LOST,
  EPIPE: LOST,
  ER_SERVER_SHUTDOWN: LOST,
  ER_CONNECTION_KILLED: LOST,
  HANDSHAKE_NO_SSL_SUPPORT: NO_TLS,
  HANDSHAKE_SSL_ERROR: NO_TLS,
};

const codeOf = (error: unknown): string => String((error as { code?: unknown } | undefined)?.code ?? '');

const isTls = (error: unknown): boolean => /certificate|self.signed|tls|ssl/i.test(`${codeOf(error)} ${messageOf(error)}`);

/** What a server or the way to it says, with a next step. Never what stands in the URL but its place and user. */
export function mysqlError(error: unknown, { host, port, user, database }: MysqlAddress): unknown {
  if (isSluiceError(error)) return error;
  const known = KNOWN[codeOf(error)] ?? (isTls(error) ? NO_TLS : undefined);
  if (!known) return error;
  const { says, hint, lasting } = known;
  return new SluiceError('SOURCE_UNREACHABLE', says({ at: `${host}:${port}`, user, database }), { hint, cause: error, ...(lasting && { lasting }) });
}

/** The same where a table is read. */
export function tableError(error: unknown, address: MysqlAddress, table: string): unknown {
  const known = mysqlError(error, address);
  if (isSluiceError(known)) return known;
  const [message = ''] = messageOf(known).split('\n');
  if (isDiskFull(message)) return noRoomForParts(table, error);
  return new SluiceError('TABLE_UNREADABLE', `${table} cannot be read: ${message}.`, {
    hint: 'Try the same table with the client of MySQL; the log of the server may say more.',
    cause: error,
  });
}
