import { createHash } from 'node:crypto';
import { create } from 'tar';
import type { ProjectFile } from './project-files.ts';

/**
 * The files as one tar that depends on nothing but their paths, contents and rights to execute: no times, no owners, no folders. Its
 * SHA-256 is the name of the bundle.
 */
export const tarOf = (root: string, files: readonly ProjectFile[]): AsyncIterable<Buffer> =>
  // A name that begins with @ would be an archive's.
  create(
    { cwd: root, portable: true, noMtime: true, noDirRecurse: true, strict: true },
    files.map(({ path }) => `./${path}`),
  ) as unknown as AsyncIterable<Buffer>;

export async function nameOf(root: string, files: readonly ProjectFile[]): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of tarOf(root, files)) hash.update(piece);
  return hash.digest('hex');
}
