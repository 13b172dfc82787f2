import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** What the dashboard is built from, beside the versions of its libraries. Tests are no part of it. */
const SOURCES = [
  'src',
  'public',
  'index.html',
  'vite.config.ts',
  'vite.board.config.ts',
  'build',
  '../client/src',
  '../core/src',
  '../../package-lock.json',
];

async function filesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => undefined);
  if (!entries) return [path];
  return entries.filter((entry) => entry.isFile() && !entry.name.includes('.test.')).map(({ parentPath, name }) => join(parentPath, name));
}

/** One text for one state of the sources, by their names and contents. */
export async function keyOfSources(ui: string): Promise<string> {
  const files = (await Promise.all(SOURCES.map((source) => filesIn(join(ui, source))))).flat().sort();
  const contents = await Promise.all(files.map((file) => readFile(file)));
  const hash = createHash('sha256');
  for (const [index, file] of files.entries()) hash.update(`${relative(ui, file)}\0${contents[index]?.length}\0`).update(contents[index] ?? '');
  return hash.digest('hex');
}
