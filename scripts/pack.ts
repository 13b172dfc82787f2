import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUNDLED, bundle } from './bundle.ts';

/*
 * Builds every package from nothing and packs each into a tarball: `node scripts/pack.ts <folder>`. What is published is these.
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PACKAGES = join(ROOT, 'packages');

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: ROOT, encoding: 'utf8', shell: process.platform === 'win32' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`);
  return stdout;
}

/** Returns the tarballs by the names of their packages. */
export async function packAll(folder: string): Promise<Record<string, string>> {
  const names = readdirSync(PACKAGES);
  for (const name of names) {
    for (const old of ['dist', 'build.tsbuildinfo']) rmSync(join(PACKAGES, name, old), { recursive: true, force: true });
  }
  run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-b', 'tsconfig.build.json']);
  run(process.execPath, ['--conditions=@sluice/source', join(PACKAGES, 'ui/build/main.ts')]);
  const staged = mkdtempSync(join(tmpdir(), 'sluice-pack-'));
  try {
    for (const name of names) stage(join(PACKAGES, name), join(staged, name));
    for (const [name, bundled] of Object.entries(BUNDLED)) await bundle(join(PACKAGES, name), join(staged, name), bundled);
    mkdirSync(folder, { recursive: true });
    const folders = names.map((name) => join(staged, name));
    const packed = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', resolve(folder), ...folders])) as Packed[] | Record<string, Packed>;
    return Object.fromEntries(Object.values(packed).map(({ name, filename }) => [name, join(resolve(folder), filename)]));
  } finally {
    rmSync(staged, { recursive: true });
  }
}

interface Packed {
  readonly name: string;
  readonly filename: string;
}

/** A package as it is published: its files alone, with the licence, and without what only a clone has. */
function stage(from: string, to: string): void {
  const { devDependencies: _, ...manifest } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'), withoutSource) as Manifest;
  mkdirSync(to, { recursive: true });
  for (const file of manifest.files) cpSync(join(from, file), join(to, file), { recursive: true });
  copyFileSync(join(ROOT, 'LICENSE'), join(to, 'LICENSE'));
  writeFileSync(join(to, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

interface Manifest {
  readonly files: readonly string[];
  readonly devDependencies?: unknown;
}

/** The condition by which a clone runs from source; an entry that has nothing else is of the clone's tests. */
function withoutSource(name: string, value: unknown): unknown {
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return name === '@sluice/source' || isEmpty ? undefined : value;
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (!folder) throw new Error('Say where to: node scripts/pack.ts <folder>');
  for (const [name, file] of Object.entries(await packAll(folder))) console.log(`${name}: ${file}`);
}
