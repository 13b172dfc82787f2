import type { ErrorCode } from './catalog.ts';
import { messageOf, SluiceError } from './sluice-error.ts';

interface Fault {
  readonly code: ErrorCode;
  readonly says: (what: string) => string;
  readonly hint: string;
}

const FULL: Fault = {
  code: 'DISK_FULL',
  says: (what) => `There is no room left on the disk of ${what}.`,
  hint: 'Free some space and try again; what was there before is unchanged.',
};
const READ_ONLY: Fault = {
  code: 'PLACE_UNUSABLE',
  says: (what) => `${what} cannot be written: its disk is read-only, or the folder above it does not exist.`,
  hint: 'Name another place (SLUICE_HOME for the home), or make this one writable.',
};
const NO_RIGHT: Fault = {
  code: 'PLACE_UNUSABLE',
  says: (what) => `This user may not use ${what}.`,
  hint: 'Run Sluice as the user that it belongs to, or name another place (SLUICE_HOME for the home).',
};
const WRONG_KIND: Fault = {
  code: 'PLACE_UNUSABLE',
  says: (what) => `${what} is a folder where a file is expected, or a file where a folder is.`,
  hint: 'Move it away, or name another place (SLUICE_HOME for the home).',
};
const TOO_MANY_FILES: Fault = {
  code: 'TOO_MANY_FILES',
  says: () => 'This process may not open as many files as it needs.',
  hint: 'Raise the limit to 1024 or more: ulimit -n 1024, or LimitNOFILE=1024 in the unit of systemd.',
};

/** By the system's own word for it. */
const BY_CODE: Readonly<Record<string, Fault>> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  EROFS: READ_ONLY,
  EACCES: NO_RIGHT,
  EPERM: NO_RIGHT,
  EISDIR: WRONG_KIND,
  ENOTDIR: WRONG_KIND,
  EMFILE: TOO_MANY_FILES,
  ENFILE: TOO_MANY_FILES,
};

/** By what a program that we have started says of it. */
const BY_WORDS: readonly (readonly [RegExp, Fault])[] = [
  [/No space left on device|Disk quota exceeded/i, FULL],
  [/Read-only file system/i, READ_ONLY],
  [/Permission denied/i, NO_RIGHT],
  [/insufficient file descriptors|Too many open files|\bE[MN]FILE\b/i, TOO_MANY_FILES],
];

/**
 * A fault of the system that a person can do something about, in words: a full disk, a place that cannot be written, too few files.
 * `place` is what it was about, where the error itself does not name a path. Undefined for any other error.
 */
export function systemFault(error: unknown, place?: string): SluiceError | undefined {
  const { code, syscall, path } = (error ?? {}) as { code?: unknown; syscall?: unknown; path?: unknown };
  // Node says of a folder on a disk that can only be read that what is above it is not there.
  const fault =
    code === 'ENOENT' && syscall === 'mkdir' ? READ_ONLY : (BY_CODE[String(code)] ?? BY_WORDS.find(([words]) => words.test(messageOf(error)))?.[1]);
  if (!fault) return undefined;
  const what = typeof path === 'string' && path !== '' ? path : (place ?? 'this machine');
  return new SluiceError(fault.code, fault.says(what), { hint: fault.hint, cause: error });
}
