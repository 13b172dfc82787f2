import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { isObject } from '@sluice/core/lib/json';
import { type Manifest, namesIn, readManifest } from './manifest.ts';
import { ownPackage } from './own-packages.ts';

export type HowToInstall =
  /** It has all that it needs: its own node_modules, or packages of the worker's installation. */
  | { readonly type: 'nothing'; readonly linked: readonly string[] }
  /** Once for all bundles with this lock file. */
  | { readonly type: 'shared'; readonly key: string; readonly command: readonly string[] }
  /** In the folder of the bundle. */
  | { readonly type: 'inside'; readonly command: readonly string[] };

const QUIET = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
const CI = ['npm', 'ci', ...QUIET];
const INSTALL = ['npm', 'install', '--no-save', '--no-package-lock', ...QUIET];
const LOCKS = ['npm-shrinkwrap.json', 'package-lock.json'];

/** A lock that names folders and files of the project cannot be installed elsewhere. */
const NAMES_FILES = /"resolved":\s*"(?:file:|(?!https?:|git|ssh)[^"]*\/)|"link":\s*true/;

/** How the packages of a project come to it; package.json may say so itself: `"sluice": { "install": "pnpm install --prod" }`, or false. */
export function howToInstall(folder: string): HowToInstall {
  const manifest = readManifest(folder);
  const said = isObject(manifest['sluice']) ? manifest['sluice']['install'] : undefined;
  const needed = namesIn(manifest, 'dependencies');
  if (existsSync(join(folder, 'node_modules')) || said === false) return { type: 'nothing', linked: needed };
  if (typeof said === 'string') return { type: 'inside', command: ['sh', '-c', said] };
  if (said !== undefined) {
    throw new SluiceError('BUNDLE_UNUSABLE', 'What package.json says as sluice.install is neither a command nor false.', {
      hint: 'Write a command, such as "npm ci --omit=dev", or false, and deploy again.',
    });
  }
  const lock = LOCKS.find((each) => existsSync(join(folder, each)));
  if (lock === undefined) return needed.every(ownPackage) ? { type: 'nothing', linked: needed } : { type: 'inside', command: INSTALL };
  const text = readFileSync(join(folder, lock), 'utf8');
  if (NAMES_FILES.test(text)) return { type: 'inside', command: CI };
  const { version, arch, platform } = process;
  const hash = createHash('sha256').update(JSON.stringify([text, pinned(manifest), CI, version, arch, platform]));
  return { type: 'shared', key: `packages-${hash.digest('hex').slice(0, 40)}`, command: CI };
}

/** What of package.json has a part in what npm installs. */
const pinned = (manifest: Manifest) =>
  ['dependencies', 'optionalDependencies', 'peerDependencies', 'overrides'].map((field) => manifest[field] ?? null);
