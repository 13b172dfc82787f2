import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';

/** An error of DuckDB in our words, where there is a next step to tell. */
export function toError(error: unknown): unknown {
  const message = messageOf(error);
  if (/No space left on device|max_temp_directory_size|Could not write all bytes/.test(message)) {
    return new SluiceError('DISK_FULL', 'There is no room left on the disk of the warehouse.', {
      hint: 'Make room and try again; the warehouse is as it was before.',
      cause: error,
    });
  }
  return error;
}

export const isOutOfMemory = (error: unknown): boolean => messageOf(error).startsWith('Out of Memory Error');
