import { lstat, readdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, parse, sep } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';

/** A folder of Sluice's, and what it takes on the disk. */
export interface Leftover {
  readonly path: string;
  readonly bytes: number;
}

/** What stands in a home and in no other folder: without any of it a folder is not removed, whatever SLUICE_HOME says. */
const SIGNS = ['postgres', 'postgres.password', 'config.env', 'server.json', 'services.json', 'etl', 'logs', 'cache'];

/** What may be removed of a home. */
export async function findLeftovers(home: string): Promise<Leftover[]> {
  await refuseOtherFolder(home);
  return foldersOf(home);
}

/** The home, and what the embedded PostgreSQL has elsewhere because its user could not enter the home. */
export async function foldersOf(home: string): Promise<Leftover[]> {
  const { dataHome, postgresUser } = await import('@sluice/server');
  const data = await dataHome(home, await postgresUser());
  const paths = data === home ? [home] : [home, data, ...(await sharedCopies(data))];
  const sizes = await Promise.all(paths.map(async (path) => ({ path, bytes: await diskUse(path) })));
  return sizes.flatMap(({ path, bytes }) => (bytes === undefined ? [] : [{ path, bytes }]));
}

/** Copies of PostgreSQL's programs stand beside the data of all homes: they go with the last one. */
async function sharedCopies(data: string): Promise<string[]> {
  const root = dirname(data);
  const names = await readdir(root).catch(() => []);
  const copies = names.filter((name) => name.startsWith('postgres-'));
  const others = names.filter((name) => !copies.includes(name) && join(root, name) !== data);
  return others.length > 0 ? [] : copies.map((name) => join(root, name));
}

export async function removeFolders(folders: readonly Leftover[]): Promise<readonly Leftover[]> {
  for (const { path } of folders) await rm(path, { recursive: true, force: true, maxRetries: 3 });
  return folders;
}

async function refuseOtherFolder(home: string): Promise<void> {
  const holds = (path: string) => path === home || path.startsWith(home.endsWith(sep) ? home : home + sep);
  const names = await readdir(home).catch(() => undefined);
  if (names === undefined) return;
  const isHome = names.length === 0 || names.some((name) => SIGNS.includes(name));
  if (isHome && home !== parse(home).root && !holds(homedir()) && !holds(process.cwd())) return;
  throw new SluiceError('USAGE', `${home} does not look like a home of Sluice, so it is not removed.`, {
    hint: 'Check SLUICE_HOME, and that you are not inside that folder; or remove it yourself.',
  });
}

/** Bytes that a file or folder takes on the disk; undefined when it is not there. */
async function diskUse(path: string): Promise<number | undefined> {
  const info = await lstat(path).catch(() => undefined);
  if (!info) return undefined;
  let sum = info.blocks === undefined ? info.size : info.blocks * 512;
  if (!info.isDirectory()) return sum;
  for (const name of await readdir(path).catch(() => [])) sum += (await diskUse(join(path, name))) ?? 0;
  return sum;
}
