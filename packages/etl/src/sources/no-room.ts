import { SluiceError } from '@sluice/core/errors/sluice-error';

/** What a driver or the system says of a full disk. */
export const isDiskFull = (message: string): boolean => /ENOSPC|no space left/i.test(message);

/** Rows of a table are read into parts on the worker's disk, and those do not fit. */
export const noRoomForParts = (table: string, cause: unknown): SluiceError =>
  new SluiceError('DISK_FULL', `The disk is full: ${table} could not be read into parts.`, { hint: 'Make room, then run the load again.', cause });
