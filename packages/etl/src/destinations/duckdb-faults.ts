import { isSluiceError, messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { isOutOfMemory } from '../duckdb/memory.ts';

const NO_ROOM = /No space left on device|Disk quota exceeded|File too large|max_temp_directory_size|Could not write all bytes|ENOSPC|EDQUOT|EFBIG/;

/** An error of DuckDB, or of the system, in our words, where there is a next step to tell. */
export function toError(error: unknown): unknown {
  if (!NO_ROOM.test(messageOf(error))) return error;
  return new SluiceError('DISK_FULL', 'There is no room left on the disk of the warehouse.', {
    hint: 'Make room and try again; the warehouse is as it was before.',
    cause: error,
  });
}

/** The first line of what DuckDB says, without the kind of the error, as the end of a sentence. */
export function saysOf(error: unknown): string {
  const [first = ''] = messageOf(error).split('\n');
  return first.replace(/^([A-Z][A-Za-z ]* Error: |Failed to [a-z ]+: )+/, '').replace(/[.!]$/, '');
}

/** What has kept a table out of the warehouse and is nobody's words yet. The file is as it was before. */
export function commitFault(error: unknown, table: string): unknown {
  const known = toError(error);
  if (isSluiceError(known)) return known;
  if (isOutOfMemory(error)) {
    return new SluiceError('TABLE_UNREADABLE', `${table} cannot be loaded: its rows need more memory than half of what this machine has.`, {
      hint: 'Give the worker more memory, or load fewer columns: a view in the source can leave the large ones out.',
      cause: error,
    });
  }
  return new SluiceError('INTERNAL', `${table} could not be written to the warehouse: ${saysOf(error)}.`, {
    hint: 'The warehouse is as it was before. Try again; if it fails again, report it.',
    cause: error,
  });
}
