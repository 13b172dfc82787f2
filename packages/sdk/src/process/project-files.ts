import { statSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/*
 * The files that a process has loaded, each with the time of its last change as it was read: when one changes, the process is stale.
 * Of installed packages the list that the package manager keeps stands for all of their files.
 */

const files = new Map<string, number>();

registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) note(fileURLToPath(url));
    return next(url, context);
  },
});

const PACKAGES = '/node_modules/';
/** What npm, pnpm and Yarn write with each installation. */
const LISTS = ['.package-lock.json', '.modules.yaml', '.yarn-state.yml', '.yarn-integrity'];

/** Before it is read: a change that comes while it is read makes the process stale too. */
function note(file: string): void {
  const end = file.indexOf(PACKAGES);
  const noted = end < 0 ? [file] : LISTS.map((list) => file.slice(0, end) + PACKAGES + list);
  for (const each of noted) if (!files.has(each)) files.set(each, modified(each));
}

function modified(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? -1;
}

export const loadedFiles = (): [file: string, modifiedMs: number][] => [...files];

export const isStale = (): boolean => [...files].some(([file, when]) => modified(file) !== when);
