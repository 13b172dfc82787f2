import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { draftOf, folderOfHome, writeWhole } from '@sluice/home/files';
import { isThere, type ProcessId, parseProcess, thisProcess } from './process-id.ts';

const LOOK_MS = 50;

export const JOBS = 'jobs';
export const jobsFolder = (home: string) => join(home, JOBS);

interface Options {
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
  /** Called once, when another process has the turn. */
  readonly onWait?: (holder: ProcessId) => void;
}

/** Works while no other process of this home does so: jobs start and end one after the other. A process that was killed holds nothing. */
export async function inTurn<T>(home: string, { signal, onWait }: Options, work: () => Promise<T>): Promise<T> {
  const file = join(jobsFolder(home), 'turn.lock');
  folderOfHome(home, JOBS);
  const draft = draftOf(file);
  await writeWhole(draft, JSON.stringify(await thisProcess()));
  try {
    let told = false;
    while (!(await take(draft, file))) {
      const holder = await freeIfDead(file);
      if (!holder) continue;
      if (!told) onWait?.(holder);
      told = true;
      await pause(LOOK_MS, undefined, signal ? { signal } : {});
    }
  } finally {
    await rm(draft, { force: true });
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** A link fails when the file is there: of two at once one gets it. */
const take = (draft: string, file: string): Promise<boolean> =>
  link(draft, file).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );

/** Who holds the turn; undefined when that process is gone, and the turn with it. */
async function freeIfDead(file: string): Promise<ProcessId | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const holder = parseProcess(text);
  if (holder && (await isThere(holder))) return holder;
  // Set aside first: another one may have found the same, and taken the turn meanwhile. Then it gets it back.
  const aside = `${file}.${randomUUID()}`;
  await rename(file, aside).catch(() => {});
  if ((await readFile(aside, 'utf8').catch(() => text)) !== text) await link(aside, file).catch(() => {});
  await rm(aside, { force: true });
  return undefined;
}
