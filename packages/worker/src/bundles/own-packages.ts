import { existsSync, mkdirSync, readlinkSync, realpathSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Those of Sluice's packages that a flow may import, whether its project names them or not. */
const OWN = ['sdk', 'etl', 'core', 'client', 'home'].map((name) => `@sluice/${name}`);

/** Where a package is that this worker could import itself: its own installation. */
export function ownPackage(name: string): string | undefined {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name);
    if (existsSync(join(found, 'package.json'))) return realpathSync(found);
    if (dirname(folder) === folder) return undefined;
  }
}

/**
 * Lets the code of a bundle find packages of the worker's installation where it has none of its own: Node looks for them in the folders
 * above, after those of the project.
 */
export function linkOwnPackages(above: string, names: readonly string[]): void {
  for (const name of new Set([...OWN, ...names])) {
    const target = ownPackage(name);
    if (target !== undefined) link(join(above, 'node_modules', name), target);
  }
}

/** Workers of two installations may share a home: the last one's stay. */
export function link(path: string, target: string): void {
  try {
    if (readlinkSync(path) === target) return;
  } catch {
    mkdirSync(dirname(path), { recursive: true });
  }
  const draft = `${path}.${process.pid}`;
  rmSync(draft, { force: true });
  symlinkSync(target, draft);
  renameSync(draft, path);
}
