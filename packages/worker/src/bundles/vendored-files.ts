import { existsSync, realpathSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { type Manifest, namesIn, readManifest } from './manifest.ts';

/** Names of the packages that a project brings along, in npm's own words: `"bundleDependencies": true`, or a list of names. */
function bundled(manifest: Manifest): string[] {
  const said = manifest['bundleDependencies'] ?? manifest['bundledDependencies'];
  if (said === true) return namesIn(manifest, 'dependencies');
  return Array.isArray(said) ? said.filter((name) => typeof name === 'string') : [];
}

/** Where a package is found from a folder of the project. */
function findPackage(root: string, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name);
    if (existsSync(join(found, 'package.json'))) return found;
    if (folder === root || dirname(folder) === folder) return undefined;
  }
}

/** The files of the packages that a project vendors, with those that these need. */
export async function vendoredFiles(root: string, manifest: Manifest): Promise<string[]> {
  const files: string[] = [];
  const seen = new Set<string>();
  const waiting = bundled(manifest).map((name) => ({ from: root, name }));
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const folder = findPackage(root, next.from, next.name);
    if (folder === undefined || seen.has(folder)) continue;
    seen.add(folder);
    expectInside(root, folder, next.name);
    const needs = readManifest(folder);
    for (const name of [...namesIn(needs, 'dependencies'), ...namesIn(needs, 'optionalDependencies')]) waiting.push({ from: folder, name });
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      // Packages within it come by what needs them.
      if (entry.isFile() && !relative(folder, path).split(sep).includes('node_modules')) files.push(relative(root, path).split(sep).join('/'));
    }
  }
  return files;
}

function expectInside(root: string, folder: string, name: string): void {
  if (realpathSync(folder).startsWith(realpathSync(root) + sep)) return;
  throw new SluiceError('BUNDLE_UNUSABLE', `The package "${name}" cannot be vendored: node_modules/${name} is a link to outside of the project.`, {
    hint: 'Install it as files: npm install --install-links. Or take it out of bundleDependencies.',
  });
}
