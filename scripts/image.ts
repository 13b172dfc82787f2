import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packAll } from './pack.ts';

/*
 * Makes the folder that the image is built in: `node scripts/image.ts <folder>`. It holds the packages, packed, and deploy/Dockerfile.
 */

const DEPLOY = fileURLToPath(new URL('../deploy', import.meta.url));

/** `tarballs`: by the names of their packages. */
export function writeImageFolder(folder: string, tarballs: Readonly<Record<string, string>>): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'packages'), { recursive: true });
  for (const file of Object.values(tarballs)) copyFileSync(file, join(folder, 'packages', basename(file)));
  for (const file of ['Dockerfile', 'healthcheck.mjs']) copyFileSync(join(DEPLOY, file), join(folder, file));
  const dependencies = Object.fromEntries(Object.entries(tarballs).map(([name, file]) => [name, `file:packages/${basename(file)}`]));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ name: 'sluice-image', private: true, type: 'module', dependencies }, null, 2)}\n`);
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (!folder) throw new Error('Say where to: node scripts/image.ts <folder>');
  const packed = `${folder}-packed`;
  writeImageFolder(folder, await packAll(packed));
  rmSync(packed, { recursive: true });
}
