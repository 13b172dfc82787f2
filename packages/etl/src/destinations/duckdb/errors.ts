import { isSluiceError, messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { saysOf, toError } from '../duckdb-faults.ts';

interface Known {
  readonly says: string;
  readonly hint: string;
}

const MOVE = 'Name another file with --warehouse, or move this one away: the next load makes a new one.';

/** Why a file cannot be opened as a warehouse, by what DuckDB or the system says. */
const UNUSABLE: readonly (readonly [pattern: RegExp, known: Known])[] = [
  [/not a valid DuckDB database file/i, { says: 'it is not a DuckDB file', hint: MOVE }],
  [/version number/i, { says: 'it was written by a newer DuckDB', hint: `Open it with a newer Sluice. ${MOVE}` }],
  [/checksum|corrupt|deserializ/i, { says: 'the file is damaged', hint: `Take it from a backup. ${MOVE}` }],
  [
    /Permission denied|Operation not permitted|EACCES|EPERM/,
    {
      says: 'this user is not allowed to open it',
      hint: 'Look at the rights of the file and its folder, or name another one with --warehouse.',
    },
  ],
  [/Read-only file system|EROFS/, { says: 'its disk is read-only', hint: 'Name a file on another disk with --warehouse.' }],
  [/is a directory|EISDIR|Could not read from file/i, { says: 'it is not a file', hint: 'Name a file with --warehouse.' }],
];

/** Of a file that is there, or is to be made. */
export function unusable(file: string, error: unknown): unknown {
  const known = toError(error);
  if (isSluiceError(known)) return known;
  const message = messageOf(error);
  const { says, hint } = UNUSABLE.find(([pattern]) => pattern.test(message))?.[1] ?? { says: saysOf(error), hint: MOVE };
  return new SluiceError('INVALID_SETTING', `The warehouse ${file} cannot be opened: ${says}.`, { hint, cause: error });
}
