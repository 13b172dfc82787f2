import { isSluiceError, messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { isDiskFull, noRoomForParts } from '../no-room.ts';

interface Known {
  readonly says: string;
  readonly hint: string;
  readonly lasting?: true;
}

/** By SQLite's primary result code. */
const KNOWN: { readonly [code: number]: Known } = {
  5: { says: 'is locked by somebody who writes to it', hint: 'Try again when that is done.' },
  6: { says: 'is locked by somebody who writes to it', hint: 'Try again when that is done.' },
  3: { says: 'may not be read by this user', hint: 'Look at the rights of the file.', lasting: true },
  10: { says: 'cannot be read from its disk', hint: 'Look at the disk, then try again.' },
  11: { says: 'is damaged', hint: 'PRAGMA integrity_check of SQLite says more; sqlite3 can .recover what is there.', lasting: true },
  14: {
    says: 'cannot be opened',
    hint: 'Look at the path and at the rights of the file. One in WAL mode needs files beside it: its folder must be writable, or nobody may have it open.',
    lasting: true,
  },
  26: { says: 'is not a database of SQLite, or is encrypted', hint: 'Name the file of the database: sqlite:///srv/shop.db.', lasting: true },
};

const isOfSqlite = (error: unknown): error is Error & { errcode: number } =>
  typeof (error as { errcode?: unknown } | undefined)?.errcode === 'number';

/** What node:sqlite says of a file, with a next step; other errors as they are. */
export function sqliteError(error: unknown, path: string): unknown {
  if (!isOfSqlite(error)) return error;
  const known = KNOWN[error.errcode & 0xff];
  if (!known) return error;
  const { says, hint, lasting } = known;
  return new SluiceError('SOURCE_UNREACHABLE', `${path} ${says}.`, { hint, cause: error, ...(lasting && { lasting }) });
}

/** The same where a table is read: what is not of the whole file is of the table. */
export function tableError(error: unknown, path: string, table: string): unknown {
  const known = sqliteError(error, path);
  if (isSluiceError(known)) return known;
  const [message = ''] = messageOf(known).split('\n');
  if (isDiskFull(message)) return noRoomForParts(table, error);
  const lock = /database is locked/.test(message);
  return new SluiceError('TABLE_UNREADABLE', `${table} cannot be read: ${lock ? `${path} is locked by somebody who writes to it` : message}.`, {
    hint: lock ? 'Try again when that is done.' : 'Try the same table with sqlite3; a view or a virtual table may need what is not here.',
    cause: error,
  });
}
