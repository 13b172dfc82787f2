import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pause } from '@sluice/client';
import { isRunning } from '../is-running.ts';

/** Beside each entry of the cache: what it holds. Its time says when the entry was used last; without it there is no entry. */
const MARKER = 'entry.json';
const OWN = 0o700;
const LOOK_MS = 100;

interface Entry {
  readonly key: string;
  readonly bytes: number;
  readonly usedMs: number;
}

/**
 * A folder of entries that several workers share. An entry is made aside and renamed, so that it is there whole or not at all; whoever is
 * killed meanwhile leaves a draft, which the next one removes. An entry that somebody uses stays.
 */
export class CacheFolder {
  readonly #folder: string;
  readonly #uses = new Map<string, number>();

  constructor(folder: string) {
    this.#folder = folder;
    for (const each of ['entries', 'drafts', 'uses', 'locks']) mkdirSync(join(folder, each), { recursive: true, mode: OWN });
    this.#sweep();
  }

  pathOf = (key: string): string => join(this.#folder, 'entries', key);

  has = (key: string): boolean => existsSync(join(this.pathOf(key), MARKER));

  /** Makes an entry by `fill`, which returns the bytes that it takes. Another worker may have been faster: then its entry stays. */
  async make(key: string, fill: (draft: string) => Promise<number>): Promise<void> {
    const draft = join(this.#folder, 'drafts', `${process.pid}-${randomUUID()}`);
    mkdirSync(draft, { mode: OWN });
    try {
      const bytes = await fill(draft);
      writeFileSync(join(draft, MARKER), JSON.stringify({ bytes }));
      await rename(draft, this.pathOf(key)).catch((error: NodeJS.ErrnoException) => {
        if (!this.has(key)) throw error;
      });
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }

  /** Notes that this process uses an entry, until the returned function is called. */
  use(key: string): () => void {
    const mark = join(this.#folder, 'uses', `${key}.${process.pid}`);
    const count = this.#uses.get(key) ?? 0;
    this.#uses.set(key, count + 1);
    if (count === 0) writeFileSync(mark, '');
    return () => {
      const left = (this.#uses.get(key) ?? 1) - 1;
      this.#uses.set(key, left);
      if (left === 0) rmSync(mark, { force: true });
    };
  }

  touch(key: string): void {
    const now = new Date();
    utimesSync(join(this.pathOf(key), MARKER), now, now);
  }

  /** Removes entries that nobody uses, those that were used the longest time ago first, until the others fit. */
  async shrink(mostBytes: number, restMs: number): Promise<void> {
    const entries = this.#entries().sort((a, b) => a.usedMs - b.usedMs);
    let bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    for (const { key, usedMs, bytes: own } of entries) {
      if (bytes <= mostBytes) return;
      if (Date.now() - usedMs < restMs || this.#isUsed(key)) continue;
      await this.#remove(key);
      bytes -= own;
    }
  }

  async #remove(key: string): Promise<void> {
    const gone = join(this.#folder, 'drafts', `${process.pid}-${randomUUID()}`);
    await rename(this.pathOf(key), gone).catch(() => {}); // another worker does the same
    // Whoever began to use it in between looks for it, and makes it anew.
    await rm(gone, { recursive: true, force: true });
  }

  #entries(): Entry[] {
    return readdirSync(join(this.#folder, 'entries')).flatMap((key) => {
      const marker = join(this.pathOf(key), MARKER);
      try {
        const { bytes } = JSON.parse(readFileSync(marker, 'utf8')) as { bytes: number };
        return [{ key, bytes, usedMs: statSync(marker).mtimeMs }];
      } catch {
        return []; // it was removed just now
      }
    });
  }

  #isUsed(key: string): boolean {
    return readdirSync(join(this.#folder, 'uses')).some((name) => name.startsWith(`${key}.`) && isRunning(Number(name.slice(key.length + 1))));
  }

  /** Makes sure that one process at a time does what this key stands for; a process that is gone holds nothing. */
  async alone<T>(key: string, work: () => Promise<T>): Promise<T> {
    const lock = join(this.#folder, 'locks', key);
    while (!takeLock(lock)) await pause(LOOK_MS);
    try {
      return await work();
    } finally {
      rmSync(lock, { force: true });
    }
  }

  /** What processes that are gone have left behind. */
  #sweep(): void {
    for (const name of readdirSync(join(this.#folder, 'drafts'))) {
      if (!isRunning(Number(name.split('-')[0]))) rmSync(join(this.#folder, 'drafts', name), { recursive: true, force: true });
    }
    for (const name of readdirSync(join(this.#folder, 'uses'))) {
      if (!isRunning(Number(name.split('.').at(-1)))) rmSync(join(this.#folder, 'uses', name), { force: true });
    }
  }
}

/** The pid is in the lock from the first moment on: it is written beside and linked. */
function takeLock(lock: string): boolean {
  const draft = `${lock}.${process.pid}-${randomUUID()}`;
  writeFileSync(draft, String(process.pid));
  try {
    linkSync(draft, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  breakLock(lock);
  return false;
}

/** Takes a lock away whose holder is gone. If it was another's by then, it is put back. */
function breakLock(lock: string): void {
  const aside = `${lock}.${process.pid}-${randomUUID()}`;
  try {
    if (isRunning(Number(readFileSync(lock, 'utf8')))) return;
    renameSync(lock, aside);
    if (isRunning(Number(readFileSync(aside, 'utf8')))) linkSync(aside, lock);
  } catch {
    // Another process has taken it away, or has it now.
  } finally {
    rmSync(aside, { force: true });
  }
}
