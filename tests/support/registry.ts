import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const PACKAGE = { name: 'word', version: '1.0.0', type: 'module', exports: './index.js' };

/** A registry with one package, and the lock file of a project that needs it. */
export async function startRegistry(folder: string) {
  const root = join(folder, 'registry');
  mkdirSync(join(root, 'package'), { recursive: true });
  writeFileSync(join(root, 'package/package.json'), JSON.stringify(PACKAGE));
  writeFileSync(join(root, 'package/index.js'), "export const word = 'installed';");
  const file = join(root, 'word.tgz');
  execFileSync('tar', ['-czf', file, '-C', root, 'package']);
  const tarball = readFileSync(file);
  let served = 0;
  const server = createServer(({ url = '' }, answer) => {
    if (url.endsWith('.tgz')) served++;
    answer.end(tarball);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const resolved = `${url}word/-/word-1.0.0.tgz`;
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  const dependencies = { word: '1.0.0' };
  const packages = { '': { name: 'p', dependencies }, 'node_modules/word': { version: '1.0.0', resolved, integrity } };
  const stop = async () => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  return { url, lock: { name: 'p', lockfileVersion: 3, requires: true, packages }, served: () => served, stop, [Symbol.asyncDispose]: stop };
}
