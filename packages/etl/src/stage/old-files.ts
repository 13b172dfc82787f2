import { existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '@sluice/core/errors/sluice-error';
import type { StepContext } from '../model.ts';

/** A file or folder that is gone, and how large it was. */
export interface Removed {
  readonly path: string;
  readonly bytes: number;
}

/** Drafts live for moments: one of an hour is nobody's. */
const OLD_DRAFT_MS = 3_600_000;

/** Also of what is not there. */
export async function isOlder(path: string, ms: number): Promise<boolean> {
  const facts = await stat(path).catch(() => null);
  return facts === null || Date.now() - facts.mtimeMs > ms;
}

/** Files of a folder that have the name of a draft, and that nobody writes any more. */
export async function findOldDrafts(folder: string, isDraft: (name: string) => boolean): Promise<string[]> {
  const drafts = (await namesIn(folder)).filter(isDraft).map((name) => join(folder, name));
  const old = await Promise.all(drafts.map((path) => isOlder(path, OLD_DRAFT_MS)));
  return drafts.filter((_, index) => old[index]);
}

/** Removes what is there of these, one after the other. What cannot be removed is told, and left to the next time. */
export async function removeAll(paths: readonly string[], context: StepContext): Promise<Removed[]> {
  const removed: Removed[] = [];
  for (const path of paths.filter((each) => existsSync(each))) {
    context.signal.throwIfAborted();
    const item = await remove(path, context);
    if (item) removed.push(item);
  }
  return removed;
}

async function remove(path: string, { log }: StepContext): Promise<Removed | null> {
  try {
    const bytes = await bytesOf(path);
    await rm(path, { recursive: true, force: true });
    log.info('removed', { path, bytes });
    return { path, bytes };
  } catch (error) {
    log.warn('could not be removed', { path, error: messageOf(error) });
    return null;
  }
}

/** With all that is in it. */
export async function bytesOf(path: string): Promise<number> {
  const facts = await stat(path).catch(() => null);
  if (!facts?.isDirectory()) return facts?.size ?? 0;
  const sizes = await Promise.all((await namesIn(path)).map((name) => bytesOf(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

export const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
