import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { OWN_FOLDER } from '@sluice/home/files';
import { writeJson } from '../../../home.ts';
import { walkFolder } from '../walk-folder.ts';
import type { Limits } from './ask.ts';
import { download, type Seen } from './download.ts';
import type { Place } from './place.ts';

/** What is known of each copy, by the path of its file. */
export type SeenFiles = Readonly<Record<string, Seen>>;

export interface CopyOptions {
  readonly limits: Limits;
  readonly signal: AbortSignal;
}

/** The folder in which the copies themselves are, as the files are in their place. */
export const filesIn = (folder: string): string => join(folder, 'files');

/**
 * Copies files of a place into a folder of this machine, and removes what is not one of them. A copy that is there from the plan is
 * taken again when the server says that its file is still the same.
 */
export async function bringCopies(folder: string, place: Place, paths: readonly string[], { limits, signal }: CopyOptions): Promise<SeenFiles> {
  const files = filesIn(folder);
  await mkdir(files, { recursive: true, mode: OWN_FOLDER });
  const notes = join(folder, 'seen.json');
  const before = await readSeen(notes);
  for (const { path } of (await walkFolder(files)).files) if (!paths.includes(path)) await rm(join(files, path), { force: true });
  const seen: Record<string, Seen> = {};
  for (const path of paths) {
    signal.throwIfAborted();
    const isThere = (await stat(join(files, path)).catch(() => null))?.size === before[path]?.bytes;
    const old = isThere ? before[path] : undefined;
    const now = (await download(place, path, old, { folder: files, limits, signal })) ?? old;
    if (now) seen[path] = now;
    // A process that is killed has noted each copy, and no half one.
    if (now !== old) await writeJson(notes, { ...before, ...seen });
  }
  return seen;
}

async function readSeen(file: string): Promise<Record<string, Seen>> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  return JSON.parse(text) as Record<string, Seen>;
}
