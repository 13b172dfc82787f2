import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** A small bundle: what is said of it, and its one chunk. The server does not look for files in it. */
export function aBundle(content = 'files of a project', unpacked: Buffer = Buffer.from(content)) {
  const packed = gzipSync(unpacked);
  const name = createHash('sha256').update(content).digest('hex');
  return {
    said: { name, bytes: packed.length, unpacked_bytes: unpacked.length, files: 1, chunks: 1 },
    chunk: { data: packed.toString('base64') },
  };
}
