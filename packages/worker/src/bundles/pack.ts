import { createWriteStream, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { listProjectFiles, type ProjectFile } from './project-files.ts';
import { nameOf, tarOf } from './tar-of.ts';

/** A project's files, and the name that they have together. */
export interface Packed {
  readonly root: string;
  readonly name: string;
  readonly files: readonly ProjectFile[];
  readonly bytes: number;
}

export interface Wanted {
  readonly root: string;
  /** The most that it may hold. */
  readonly mostMb: number;
  /** The home, which may stand in the project. */
  readonly home?: string;
}

/** The folder that is packed for a configuration in this one: the nearest with a package.json, since that says what the code needs. */
export function projectRoot(folder: string): string {
  for (let root = folder; dirname(root) !== root && root !== homedir(); root = dirname(root)) if (existsSync(join(root, 'package.json'))) return root;
  return folder;
}

/** What a tar has besides: a head for each file, and what fills its last block. */
const PER_FILE = 1536;
const sizeOf = (files: readonly ProjectFile[]) => files.reduce((sum, { stats }) => sum + stats.size + PER_FILE, 0);

/** The files of a project, as far as they may be packed. */
async function listPackable({ root, mostMb, home }: Wanted): Promise<{ readonly files: readonly ProjectFile[]; readonly bytes: number }> {
  const files = await listProjectFiles(root, home);
  const bytes = files.reduce((sum, { stats }) => sum + stats.size, 0);
  if (sizeOf(files) <= mostMb * 1e6) return { files, bytes };
  const largest = [...files].sort((a, b) => b.stats.size - a.stats.size).slice(0, 3);
  const told = largest.map(({ path, stats }) => `${path} (${(stats.size / 1e6).toFixed(1)} MB)`).join(', ');
  throw new SluiceError(
    'BUNDLE_TOO_LARGE',
    `The project in ${root} is larger than ${mostMb} MB: ${(bytes / 1e6).toFixed(1)} MB in ${files.length} files, the largest are ${told}.`,
    { hint: 'Leave files out by .gitignore or by "files" in package.json, or raise SLUICE_BUNDLE_MB here and for the server.' },
  );
}

export async function packProject(wanted: Wanted): Promise<Packed> {
  const { root } = wanted;
  const { files, bytes } = await listPackable(wanted);
  return { root, files, bytes, name: await nameOf(root, files) };
}

/** Writes the bundle as it is sent. */
export const writeBundle = ({ root, files }: Packed, file: string): Promise<void> =>
  pipeline(Readable.from(tarOf(root, files)), createGzip(), createWriteStream(file, { mode: 0o600 }));
