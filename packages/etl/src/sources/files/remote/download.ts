import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { type Answer, ask, type Limits } from './ask.ts';
import { passing } from './faults.ts';
import { persist } from './persist.ts';
import type { Place } from './place.ts';

/** A file as it was when it came. */
export interface Seen {
  readonly bytes: number;
  /** Of all its bytes. */
  readonly hash: string;
  /** By which its server tells whether it has changed, where that is sure. */
  readonly etag: string | null;
  readonly modified_ms: number;
}

export interface DownloadOptions {
  readonly folder: string;
  readonly limits: Limits;
  readonly signal: AbortSignal;
}

/**
 * Copies a file into a folder, as it is at one moment: whole or not at all. What is cut on the way goes on where it was, if its server
 * says that it is still the same file; else from the beginning. Null where the copy that is there already is the file of now.
 */
export async function download(
  place: Place,
  path: string,
  before: Seen | undefined,
  { folder, limits, signal }: DownloadOptions,
): Promise<Seen | null> {
  const target = join(folder, path);
  const draft = join(dirname(folder), 'draft');
  await mkdir(dirname(target), { recursive: true });
  try {
    await using file = await open(draft, 'w', 0o600);
    const copy = new Copy(file, { path: draft, shown: place.show(path) });
    const seen = await copyInto(copy, { place, path, before, limits, signal });
    if (seen !== null) await rename(draft, target);
    return seen;
  } catch (error) {
    throw explained(error, place.show(path));
  } finally {
    await rm(draft, { force: true });
  }
}

interface Copying {
  readonly place: Place;
  readonly path: string;
  readonly before: Seen | undefined;
  readonly limits: Limits;
  readonly signal: AbortSignal;
}

async function copyInto(copy: Copy, { place, path, before, limits, signal }: Copying): Promise<Seen | null> {
  let had = 0;
  const attempt = async () => {
    had = copy.written;
    const known = copy.resume ?? (before?.etag ? { 'if-none-match': before.etag } : {});
    await using answer = await ask(place, path, known, { limits, signal });
    if (answer.status === 304) return null;
    await copy.take(answer);
    return copy.seen;
  };
  // Its own length bounds one that comes on.
  return await persist({ limits, signal }, attempt, () => copy.resume !== undefined && copy.written > had);
}

/** The copy of a file as far as it has come. */
class Copy {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #shown: string;
  #hash: Hash = createHash('sha256');
  #etag: string | null = null;
  #modified = 0;
  written = 0;

  constructor(file: FileHandle, { path, shown }: { readonly path: string; readonly shown: string }) {
    this.#file = file;
    this.#path = path;
    this.#shown = shown;
  }

  /** What asks for the rest; undefined where nobody could tell whether it is of the same file. */
  get resume(): Record<string, string> | undefined {
    return this.#etag !== null && this.written > 0 ? { range: `bytes=${this.written}-`, 'if-range': this.#etag } : undefined;
  }

  get seen(): Seen {
    return { bytes: this.written, hash: this.#hash.copy().digest('hex').slice(0, 32), etag: this.#etag, modified_ms: this.#modified };
  }

  async take(answer: Answer): Promise<void> {
    const { headers } = answer;
    const etag = strong(headers.get('etag'));
    const goesOn = answer.status === 206 && etag === this.#etag && headers.get('content-range')?.startsWith(`bytes ${this.written}-`) === true;
    if (!goesOn) await this.#begin();
    if (answer.status === 206 ? !goesOn : answer.status !== 200) throw cut(this.#shown, 'its server sent another part than was asked for');
    this.#etag = etag;
    this.#modified = Date.parse(headers.get('last-modified') ?? '') || 0;
    // What was packed for the way has another length.
    const length = (headers.get('content-encoding') ?? 'identity') === 'identity' ? headers.get('content-length') : null;
    const whole = length === null ? null : this.written + Number(length);
    if (whole !== null) await this.#expectRoom(whole - this.written);
    for await (const chunk of answer.chunks()) {
      await writeAll(this.#file, chunk, this.written);
      this.#hash.update(chunk);
      this.written += chunk.byteLength;
    }
    if (whole !== null && this.written < whole) throw cut(this.#shown, `it ended after ${this.written} of ${whole} bytes`);
  }

  async #begin(): Promise<void> {
    await this.#file.truncate(0);
    this.#hash = createHash('sha256');
    this.#etag = null;
    this.written = 0;
  }

  async #expectRoom(bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.#path).catch(() => ({ bavail: Number.POSITIVE_INFINITY, bsize: 1 }));
    if (bavail * bsize < bytes) throw diskFull(this.#shown, `it has ${bytes} bytes, and there is room for ${bavail * bsize}`);
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < chunk.byteLength; ) at += (await file.write(chunk, at, chunk.byteLength - at, position + at)).bytesWritten;
}

const cut = (shown: string, reason: string): SluiceError => passing(new Error(reason), shown, false);

/** A weak one says that another file does as well, and not that it is the same. */
const strong = (etag: string | null): string | null => (etag?.startsWith('"') ? etag : null);

const diskFull = (shown: string, reason: string, cause?: unknown): SluiceError =>
  new SluiceError('DISK_FULL', `${shown} does not fit on this disk: ${reason}.`, {
    hint: 'A copy of it is read here. Make room below the home, or set SLUICE_HOME to a larger disk, then run the load again.',
    cause,
  });

const explained = (error: unknown, shown: string): unknown => (/ENOSPC|EDQUOT/.test(messageOf(error)) ? diskFull(shown, 'it is full', error) : error);
