import { randomBytes } from 'node:crypto';
import { closeSync, constants, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** What is in a home is for its owner alone: settings, passwords, logs and the warehouse. */
export const OWN_FILE = 0o600;
export const OWN_FOLDER = 0o700;
/** As root the embedded PostgreSQL runs as another user, who must pass through the home, and cannot list it. */
export const HOME_FOLDER = process.getuid?.() === 0 ? 0o711 : OWN_FOLDER;

/** Windows has no such flag. */
const NO_LINK = constants.O_NOFOLLOW ?? 0;

/** A name beside a file that nobody can have made before. */
export const draftOf = (file: string): string => `${file}.${process.pid}.${randomBytes(6).toString('hex')}`;

/**
 * Opens a file that must not be there yet, and never through a link: in a folder that another user can write to, a link of a known
 * name would lead root to somebody else's file.
 */
const createFile = (file: string, mode = OWN_FILE): Promise<FileHandle> =>
  open(file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NO_LINK, mode);

/** Writes a file whole or not at all, for its owner alone: what stands there, a link too, is replaced and never written through. */
export async function writeWhole(file: string, text: string | Uint8Array, mode = OWN_FILE): Promise<void> {
  const draft = draftOf(file);
  try {
    const handle = await createFile(draft, mode);
    try {
      await handle.writeFile(text);
      await handle.chmod(mode); // whatever the umask took away
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** The same at once, for a command that has nothing else to do. */
export function writeWholeSync(file: string, text: string, mode = OWN_FILE): void {
  const draft = draftOf(file);
  try {
    const handle = openSync(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NO_LINK, mode);
    try {
      writeFileSync(handle, text);
    } finally {
      closeSync(handle);
    }
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** A log for its owner alone, to be given to a process as its output; never through a link. */
export const openLog = (file: string, how: 'append' | 'anew'): number =>
  openSync(file, constants.O_WRONLY | constants.O_CREAT | (how === 'append' ? constants.O_APPEND : constants.O_TRUNC) | NO_LINK, OWN_FILE);

/**
 * A folder for its owner alone. One that is there and ours is tightened; one that is a link or another user's is left as it is: who
 * made it so, meant it.
 */
export async function makeOwnFolder(folder: string, mode = OWN_FOLDER): Promise<void> {
  await mkdir(folder, { recursive: true, mode });
  await tighten(folder, mode);
}

/** The folder of this name in the home, and the home where it is not there yet: for a command that has nothing else to do meanwhile. */
export function folderOfHome(home: string, name: string): string {
  const folder = join(home, name);
  mkdirSync(home, { recursive: true, mode: HOME_FOLDER });
  mkdirSync(folder, { recursive: true, mode: OWN_FOLDER });
  return folder;
}

/** Takes everybody else's rights from a file or folder of ours; nothing where it is not there. */
export async function tighten(path: string, mode: number): Promise<void> {
  const info = await lstat(path).catch(() => undefined);
  if (!info || info.isSymbolicLink() || (info.mode & 0o777 & ~mode) === 0 || info.uid !== (process.getuid?.() ?? info.uid)) return;
  const handle = await open(path, constants.O_RDONLY | NO_LINK);
  try {
    await handle.chmod(info.mode & mode);
  } finally {
    await handle.close();
  }
}
