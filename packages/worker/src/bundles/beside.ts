import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { listProjectFiles, type ProjectFile } from './project-files.ts';
import { nameOf } from './tar-of.ts';

interface Known {
  readonly name: string;
  /** Files and folders as they were looked at, each with what tells that it is another. */
  readonly seen: readonly (readonly [path: string, print: string])[];
}

const printOf = (path: string): string => {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats ? `${stats.mtimeMs} ${stats.ctimeMs} ${stats.size} ${stats.mode}` : 'gone';
};

/**
 * Whether folders on this machine hold what bundles hold: a worker that stands beside the project runs the project itself. A folder is
 * read once; afterwards a look at its files tells whether it has changed.
 */
export class Beside {
  readonly #home: string;
  readonly #known = new Map<string, Promise<Known | undefined>>();

  constructor(home: string) {
    this.#home = home;
  }

  async has(root: string, name: string): Promise<boolean> {
    const known = await this.#known.get(root);
    if (known?.seen.every(([path, print]) => printOf(path) === print)) return known.name === name;
    if (printOf(root) === 'gone') return false;
    const looking = look(root, this.#home).catch(() => undefined); // a folder that cannot be read is none
    this.#known.set(root, looking);
    return (await looking)?.name === name;
  }
}

async function look(root: string, home: string): Promise<Known> {
  const files = await listProjectFiles(root, home);
  const seen = prints(root, files); // before they are read: what changes meanwhile is looked at again
  return { name: await nameOf(root, files), seen };
}

function prints(root: string, files: readonly ProjectFile[]): (readonly [string, string])[] {
  const paths = new Set([root]);
  for (const { path } of files) for (let at = join(root, path); at !== root && !paths.has(at); at = dirname(at)) paths.add(at);
  return [...paths].map((path) => [path, printOf(path)] as const);
}
