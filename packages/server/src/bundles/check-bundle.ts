import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { isSluiceError, SluiceError } from '@sluice/core/errors/sluice-error';
import type { Sql } from '../db/database.ts';
import { deleteUpload, readChunk, type Upload } from '../store/bundles.ts';

interface Bounds {
  /** The most bytes that it may hold when it is unpacked: a few bytes can say of themselves that they are very many. */
  readonly most: number;
  readonly signal: AbortSignal;
}

/** Reads what has come of a bundle, a chunk at a time, and refuses what is not that of its name. Then it has to come anew. */
export async function checkBundle(sql: Sql, upload: Upload, bounds: Bounds): Promise<void> {
  let fault: string | undefined;
  try {
    const name = await hashOf(sql, upload, bounds);
    if (name !== upload.name) fault = 'it changed on its way';
  } catch (error) {
    if (bounds.signal.aborted) throw error;
    if (isSluiceError(error)) fault = error.message;
    else if (isOfZlib(error)) fault = 'it cannot be unpacked';
    else throw error;
  }
  if (fault === undefined) return;
  await deleteUpload(sql, upload.id);
  throw new SluiceError('BUNDLE_BROKEN', `Bundle ${upload.name.slice(0, 12)} was not stored: ${fault}.`, { hint: 'Deploy again.' });
}

async function hashOf(sql: Sql, { id, chunks }: Upload, { most, signal }: Bounds): Promise<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  async function* stored(): AsyncGenerator<Buffer> {
    for (let index = 0; index < chunks; index++) yield Buffer.from((await readChunk(sql, id, index)) ?? '', 'base64');
  }
  await pipeline(
    Readable.from(stored()),
    createGunzip(),
    async (unpacked: AsyncIterable<Buffer>) => {
      for await (const piece of unpacked) {
        bytes += piece.length;
        if (bytes > most)
          throw new SluiceError('BUNDLE_TOO_LARGE', `it holds more than ${most / 1e6} MB`, {
            hint: 'Leave files out.',
          });
        hash.update(piece);
      }
    },
    { signal },
  );
  return hash.digest('hex');
}

const isOfZlib = (error: unknown) => String((error as NodeJS.ErrnoException).code).startsWith('Z_');
