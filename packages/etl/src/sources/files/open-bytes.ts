import { Buffer } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { CONTENT_BYTES, type Content, contentOf } from './file-content.ts';

/** Which bytes to read. */
export interface ByteOptions {
  readonly file: string;
  readonly signal?: AbortSignal | undefined;
  /** Part of the file to read; the record that its end cuts is left out, and that which its beginning may cut as well. */
  readonly range?: { readonly start: number; readonly bytes: number };
}

export const BLOCK_BYTES = 1 << 20;

type Unpack = (source: ByteOptions) => AsyncGenerator<Buffer>;

const UNPACK: { readonly [content in Content]?: Unpack } = { gzip, zstd };

/** What a file holds by its first bytes, whatever its name says. */
export const readContent = async (file: string): Promise<Content> => contentOf(await readFirst(file));

const MARK = Buffer.from('\ufeff');

/** Whether the text of a file begins with a byte order mark. */
export const beginsWithMark = async (file: string): Promise<boolean> => (await readFirst(file)).subarray(0, MARK.length).equals(MARK);

async function readFirst(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(CONTENT_BYTES), position: 0 });
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Whether the text of a file is packed, in a way that is unpacked here. */
export const isPacked = async (file: string): Promise<boolean> => (await readContent(file)) in UNPACK;

/** The bytes of a file, unpacked. A packed file can only be read from its beginning. */
export async function* openBytes(options: ByteOptions): AsyncGenerator<Buffer> {
  const unpack = UNPACK[await readContent(options.file)];
  yield* unpack ? unpack(options) : plain(options);
}

async function* plain({ file, range, signal }: ByteOptions): AsyncGenerator<Buffer> {
  const part = range && { start: range.start, end: range.start + range.bytes - 1 };
  yield* createReadStream(file, { highWaterMark: BLOCK_BYTES, signal, ...part });
}

/** A fault on either side ends the other one, and reaches whoever reads. */
const through = (bytes: Readable, unpacker: Transform): AsyncIterable<Buffer> => pipeline(bytes, unpacker, () => {});

async function* gzip({ file, signal }: ByteOptions): AsyncGenerator<Buffer> {
  yield* through(createReadStream(file, { highWaterMark: BLOCK_BYTES, signal }), createGunzip({ chunkSize: BLOCK_BYTES }));
}

/** Frame by frame: Node unpacks the first one, and passes over whatever stands behind it without a word. */
async function* zstd({ file, signal }: ByteOptions): AsyncGenerator<Buffer> {
  const { size } = await stat(file);
  for (let start = 0; start < size; ) {
    const unpacker = createZstdDecompress({ chunkSize: BLOCK_BYTES });
    yield* through(createReadStream(file, { start, highWaterMark: BLOCK_BYTES, signal }), unpacker);
    start += unpacker.bytesWritten;
  }
}
