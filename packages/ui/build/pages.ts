import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { writeBoardFile } from './board-file.ts';
import { keyOfSources } from './source-key.ts';
import { runVite } from './vite.ts';

/*
 * In a clone the dashboard is built when its sources are others than those it was built from. In a published package it is there:
 * pages.js.
 */

const UI = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(UI, 'dist');
const KEY = join(DIST, '.key');
const WHAT_SHRINKS = /\.(?:js|css|html|svg)$/;

/** The folder of the dashboard's files, built when need be: some seconds. Rejects with INTERNAL and what the build said. */
export const pagesFolder = async (): Promise<string> => join(await built(), 'pages');

/** The page into which a board is put, to be kept as a file. */
export const boardFile = async (): Promise<string> => readFile(join(await built(), 'board.html'), 'utf8');

async function built(): Promise<string> {
  const key = await keyOfSources(UI);
  const isThere = () => existsSync(KEY) && readFileSync(KEY, 'utf8') === key;
  if (isThere()) return DIST;
  const fresh = `${DIST}-${process.pid}`;
  try {
    await Promise.all([runVite(UI, 'vite.config.ts', join(fresh, 'pages')), runVite(UI, 'vite.board.config.ts', join(fresh, 'board'))]);
    await writeBoardFile(join(fresh, 'board'), join(fresh, 'board.html'));
    await rm(join(fresh, 'board'), { recursive: true });
    await Promise.all((await filesOf(join(fresh, 'pages'))).filter((file) => WHAT_SHRINKS.test(file)).map(shrink));
    await writeFile(join(fresh, '.key'), key);
    // What another process has put there meanwhile is as good, and may be read already.
    if (isThere()) return DIST;
    await rm(DIST, { recursive: true, force: true });
    await rename(fresh, DIST);
  } catch (error) {
    if (!isThere()) throw error;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return DIST;
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

/** Once for all: the server sends the compressed file to whoever takes one. */
async function shrink(file: string): Promise<void> {
  const text = await readFile(file);
  await Promise.all([
    writeFile(`${file}.gz`, await promisify(gzip)(text, { level: 9 })),
    writeFile(`${file}.br`, await promisify(brotliCompress)(text)),
  ]);
}
