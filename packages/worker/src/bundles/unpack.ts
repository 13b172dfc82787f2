import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { MOST_BUNDLE_MB } from '@sluice/core/model/bundle-limits';
import { extract, list, type ReadEntry } from 'tar';

/** Why an entry of a tar is not taken: nothing may be written outside of the folder, nor reach out of it later. */
export function entryFault({ path, type, linkpath }: Pick<ReadEntry, 'path' | 'type' | 'linkpath'>): string | undefined {
  const inner = posix.normalize(path);
  if (isOutside(inner)) return `"${path}" leads out of it`;
  if (type === 'File' || type === 'OldFile' || type === 'ContiguousFile' || type === 'Directory') return undefined;
  if (type !== 'SymbolicLink') return `"${path}" is neither a file nor a folder`;
  const target = linkpath ?? '';
  return isOutside(target) || isOutside(posix.join(posix.dirname(inner), target)) ? `"${path}" is a link to outside of it` : undefined;
}

/** For Windows too. */
const isOutside = (path: string) => path.startsWith('/') || path.includes('\\') || /^[A-Za-z]:/.test(path) || path.split('/').includes('..');

const broken = (name: string, fault: string, cause?: unknown) =>
  new SluiceError('BUNDLE_BROKEN', `Bundle ${name.slice(0, 12)} cannot be used: ${fault}.`, { hint: 'Deploy again: sluice deploy.', cause });

/** Reads a bundle and hands its tar on, and fails at the end when it was not what its name says. */
async function read(name: string, chunks: AsyncIterable<Buffer>, into: NodeJS.WritableStream): Promise<number> {
  const hash = createHash('sha256');
  let bytes = 0;
  const watched = new Transform({
    transform(piece: Buffer, _encoding, done) {
      hash.update(piece);
      bytes += piece.length;
      if (bytes > MOST_BUNDLE_MB * 1e6) done(broken(name, `it holds more than ${MOST_BUNDLE_MB} MB`));
      else done(null, piece);
    },
  });
  try {
    await pipeline(Readable.from(chunks), createGunzip(), watched, into);
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    if (code.startsWith('Z_') || code.startsWith('TAR_')) throw broken(name, 'it changed on its way', error);
    throw error;
  }
  if (hash.digest('hex') !== name) throw broken(name, 'it changed on its way');
  return bytes;
}

/** Unpacks a bundle into an empty folder. Returns the bytes that it holds. When it fails, the folder holds some of it. */
export async function unpack(name: string, chunks: AsyncIterable<Buffer>, folder: string): Promise<number> {
  let fault: string | undefined;
  const filter = (_path: string, entry: unknown) => {
    fault ??= entryFault(entry as ReadEntry);
    return fault === undefined;
  };
  const bytes = await read(name, chunks, extract({ cwd: folder, strict: true, preserveOwner: false, filter }) as unknown as NodeJS.WritableStream);
  if (fault !== undefined) throw broken(name, fault);
  return bytes;
}

/** The files of a bundle, with their bytes. */
export async function listBundle(name: string, chunks: AsyncIterable<Buffer>): Promise<{ path: string; bytes: number }[]> {
  const files: { path: string; bytes: number }[] = [];
  const onReadEntry = ({ path, size }: ReadEntry) => void files.push({ path: posix.normalize(path), bytes: size });
  await read(name, chunks, list({ onReadEntry }) as unknown as NodeJS.WritableStream);
  return files;
}
