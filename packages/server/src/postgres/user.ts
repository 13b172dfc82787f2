import { createHash } from 'node:crypto';
import { lchown, lstat, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';

/** PostgreSQL refuses to run as root, and needs a user that stands in the passwd file. */
export interface PostgresUser {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

/** Whom to run PostgreSQL as; undefined when this process is not root and can do it itself. */
export async function postgresUser(): Promise<PostgresUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const entries = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody', 'daemon']) {
    const entry = entries.find(([entryName]) => entryName === name);
    if (entry) return { name, uid: Number(entry[2]), gid: Number(entry[3]) };
  }
  throw new SluiceError('DATABASE_UNSUPPORTED', 'PostgreSQL does not run as root, and this system has neither a user postgres nor nobody.', {
    hint: 'Run Sluice as another user, or set SLUICE_DATABASE_URL.',
  });
}

/** Whether everybody may pass through every folder above `path`. */
export async function reachable(path: string): Promise<boolean> {
  for (let folder = path; ; folder = dirname(folder)) {
    const info = await stat(folder).catch(() => undefined);
    if (info && (info.mode & 0o001) === 0) return false;
    if (folder === parse(folder).root) return true;
  }
}

/** Where data goes that another user must own: the home, or a folder of the system when that user cannot enter the home. */
export async function dataHome(home: string, user: PostgresUser | undefined): Promise<string> {
  if (!user || (await reachable(home))) return home;
  return join('/var/lib/sluice', createHash('sha256').update(home).digest('hex').slice(0, 12));
}

export async function makeOwnedFolder(path: string, user: PostgresUser | undefined, mode = 0o700): Promise<void> {
  await mkdir(path, { recursive: true, mode });
  if (!user) return;
  // Never through a link: where another user may write, it could lead to somebody else's folder.
  await lchown(path, user.uid, user.gid);
  if (!(await lstat(path)).isDirectory()) {
    throw new SluiceError('DATABASE_UNAVAILABLE', `${path} is not a folder.`, { hint: 'Somebody has put a link there: remove it and start again.' });
  }
}
