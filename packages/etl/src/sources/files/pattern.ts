import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { walkFolder } from './walk-folder.ts';

/** What of a source is one table: files below a folder, or those whose paths fit a pattern. */
export interface ManyFiles {
  readonly pattern: string;
  /** Paths below the source's folder, in the order of their names. */
  readonly files: readonly string[];
  /** What fits and is not read. */
  readonly notes: readonly string[];
}

/** The files of a pattern such as `orders/*.csv`, or of a folder; null when it names one file. */
export async function expandPattern(folder: string, pattern: string): Promise<ManyFiles | null> {
  const facts = await stat(join(folder, pattern)).catch(() => null);
  if (facts?.isFile() || (!facts && !/[*?]/.test(pattern))) return null;
  const fits = fitsPattern(pattern, facts?.isDirectory() === true);
  const { files, others } = await walkFolder(folder);
  return {
    pattern,
    files: files.map(({ path }) => path).filter(fits),
    notes: others.filter(({ path }) => fits(path)).map(({ path, reason }) => `${path} is not read: ${reason}.`),
  };
}

/** What a pattern takes, or a folder. */
export const fitsPattern = (pattern: string, isFolder: boolean): ((path: string) => boolean) =>
  isFolder ? isBelow(pattern.replace(/\/+$/, '')) : matcher(pattern);

/** `.` is the source's folder itself. */
const isBelow =
  (folder: string) =>
  (path: string): boolean =>
    folder === '.' || path.startsWith(`${folder}/`);

/** `*` stands for any signs but `/`, `**` for any folders too, `?` for one sign. */
function matcher(pattern: string): (path: string) => boolean {
  const source = pattern
    .split(/(\*\*\/|\*\*|\*|\?)/)
    .map((part) => ({ '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' })[part] ?? part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const expression = new RegExp(`^${source.join('')}$`, 's');
  return (path) => expression.test(path);
}
