import { existsSync, type Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { isObject } from '@sluice/core/lib/json';
import packlist from 'npm-packlist';
import { type Manifest, readManifest } from './manifest.ts';
import { vendoredFiles } from './vendored-files.ts';

/** A file of a project, by its path in the project, with `/`. */
export interface ProjectFile {
  readonly path: string;
  readonly stats: Stats;
}

/** npm leaves them out of a package; here they say which packages to install. */
const LOCKS = ['package-lock.json', 'yarn.lock', 'pnpm-lock.yaml'];
/** A home that stands in its project holds the database and passwords. */
const USUAL_HOME = '.sluice';

/** The folder with `.git` at or above this one: its ignore files count too. */
function gitRoot(root: string): string | undefined {
  for (let folder = root; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/**
 * The files of a project that npm would pack, with the lock file and the packages that it vendors: package.json's `files` and `.gitignore`
 * say which, and a home is never among them. In the order of their names, so that the same files make the same bundle everywhere.
 */
export async function listProjectFiles(root: string, home?: string): Promise<ProjectFile[]> {
  const manifest = readManifest(root);
  const above = gitRoot(root);
  const packed = await packlist(
    { path: root, package: asNpmTakes(manifest), isProjectRoot: true, edgesOut: new Map() },
    above === undefined || above === root ? {} : { prefix: above, workspaces: [root] },
  );
  const homes = [USUAL_HOME, ...(home === undefined ? [] : [relative(root, home).split(sep).join('/')])].map((each) => `${each}/`);
  const paths = new Set([
    ...packed.filter((path) => !homes.some((each) => path.startsWith(each))),
    ...LOCKS.filter((lock) => existsSync(join(root, lock))),
  ]);
  for (const path of await vendoredFiles(root, manifest)) paths.add(path);
  const sorted = [...paths].sort();
  const files = await Promise.all(sorted.map(async (path) => ({ path, stats: await lstat(join(root, path)) })));
  return files.filter(({ stats }) => stats.isFile());
}

/** npm-packlist ends no walk, and throws where nobody hears it, for a package.json that is not as npm writes it: it gets what it reads, and no more. */
function asNpmTakes({ files, main, browser, bin }: Manifest): object {
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const programs = typeof bin === 'string' ? [bin] : isObject(bin) ? Object.values(bin).filter((each) => typeof each === 'string') : [];
  return {
    ...(Array.isArray(files) && { files: files.filter((each) => typeof each === 'string') }),
    main: text(main),
    browser: text(browser),
    bin: { ...programs },
  };
}
