import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { keyOfSources } from './source-key.ts';

/*
 * In a clone the dashboard is built when its sources are others than those it was built from. In a published package it is there:
 * pages.js.
 */

const UI = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(UI, 'dist');
const KEY = join(DIST, '.key');
const WHAT_SHRINKS = /\.(?:js|css|html|svg)$/;

/** The folder of the dashboard's files, built when need be: some seconds. Rejects with INTERNAL and what the build said. */
export async function pagesFolder(): Promise<string> {
  const key = await keyOfSources(UI);
  if (existsSync(KEY) && readFileSync(KEY, 'utf8') === key) return DIST;
  const fresh = `${DIST}-${process.pid}`;
  try {
    await build(fresh);
    await Promise.all((await filesOf(fresh)).filter((file) => WHAT_SHRINKS.test(file)).map(shrink));
    await writeFile(join(fresh, '.key'), key);
    await rm(DIST, { recursive: true, force: true });
    await rename(fresh, DIST);
  } catch (error) {
    // Another process has put its own there in the meantime, which is as good.
    if (!existsSync(KEY) || readFileSync(KEY, 'utf8') !== key) throw error;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return DIST;
}

/** In a process of its own: what builds needs more memory than a server. */
async function build(folder: string): Promise<void> {
  const vite = join(dirname(fileURLToPath(import.meta.resolve('vite/package.json'))), 'bin/vite.js');
  const child = spawn(process.execPath, [vite, 'build', UI, '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn'], {
    cwd: UI,
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data));
  const [code] = await once(child, 'exit');
  if (code === 0) return;
  throw new SluiceError('INTERNAL', `The dashboard could not be built: ${said.trim()}`, { hint: 'Run npm ci in the clone, and start again.' });
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
