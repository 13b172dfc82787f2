import { Buffer, isUtf8 } from 'node:buffer';
import { emptyRecord, type FoundRecord, findLine, LF } from './csv-records.ts';
import { asUtf8, encodingOf } from './encoding.ts';
import { BLOCK_BYTES, type ByteOptions, openBytes } from './open-bytes.ts';
import { isText } from './raw-text.ts';

/** Finds the record that begins at `from`; false when the block ends before it does. */
export type FindRecord = (block: Buffer, from: number, final: boolean, found: FoundRecord) => boolean;

/** What becomes of the records of a file. `line` is the physical line of the file where a record begins, counted from 1. */
export interface RecordSink {
  record(block: Buffer, found: FoundRecord, line: number): void;
  /** After each block: time to write what has gathered. */
  pause?(): Promise<void>;
}

/** Which text to read. */
export interface TextOptions extends ByteOptions {
  /** Of its text; left out, the bytes are UTF-8. */
  readonly encoding?: string | undefined;
}

export interface ReadOptions extends TextOptions {
  readonly find: FindRecord;
  /** What ends a line, and how many lines at the beginning are not read. */
  readonly feed?: number;
  readonly skip?: number;
}

/** A single line that is longer is a bad row; its beginning is kept. */
const MAX_RECORD_BYTES = 256 << 20;

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** The text of a file as UTF-8, unpacked. */
export function openText(options: TextOptions): AsyncIterable<Buffer> {
  const encoding = options.encoding === undefined ? null : encodingOf(options.encoding);
  return encoding?.decoder ? asUtf8(openBytes(options), encoding) : openBytes(options);
}

/** Gives every record of a file to the sink, block by block, so that a file of any size is read in little memory. */
export async function readRecords(options: ReadOptions, sink: RecordSink): Promise<void> {
  const reader = new BlockReader(options, sink);
  const held = new HeldBytes();
  let needed = 1;
  let total = 0;
  for await (const chunk of openText(options)) {
    held.add(chunk);
    total += chunk.length;
    if (held.bytes.length < needed) continue;
    const rest = reader.read(held.bytes, false);
    await sink.pause?.();
    if (options.range && total >= options.range.bytes) return;
    held.keep(rest);
    // A long record is not searched again from its beginning with every block.
    needed = held.bytes.length * 2 + 1;
  }
  // The record that the end of a part cuts is left out; a packed file may end before the part does.
  if (options.range && (options.range.start > 0 || total >= options.range.bytes)) return;
  reader.read(held.bytes, true);
  await sink.pause?.();
}

/** Bytes that wait for the rest of their record, in one buffer for the whole file: a new one for each block would pile up. */
class HeldBytes {
  #buffer = Buffer.allocUnsafe(2 * BLOCK_BYTES);
  #filled = 0;

  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#filled);
  }

  add(chunk: Buffer): void {
    if (this.#filled + chunk.length > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#filled + chunk.length));
      this.#buffer.copy(larger, 0, 0, this.#filled);
      this.#buffer = larger;
    }
    this.#filled += chunk.copy(this.#buffer, this.#filled);
  }

  /** Keeps the last so many bytes. */
  keep(bytes: number): void {
    this.#buffer.copyWithin(0, this.#filled - bytes, this.#filled);
    this.#filled = bytes;
  }
}

/** Cuts blocks into records, and says which are not text. */
class BlockReader {
  readonly #sink: RecordSink;
  readonly #find: FindRecord;
  readonly #feed: number;
  readonly #noText: string;
  readonly #found = emptyRecord();
  #line = 1;
  #skip: number;
  /** At the beginning of the file, a byte order mark may stand; in the middle of it, half a record. */
  #atStart: boolean;
  #inRest: boolean;

  constructor({ find, range, feed = LF, skip = 0, encoding }: ReadOptions, sink: RecordSink) {
    this.#find = find;
    this.#feed = feed;
    this.#skip = range?.start ? 0 : skip;
    this.#noText = `it is not ${encoding === undefined ? 'UTF-8' : (encodingOf(encoding)?.name ?? encoding)}`;
    this.#sink = sink;
    this.#atStart = !range?.start;
    this.#inRest = !this.#atStart;
  }

  /** Reads the whole records of a block, and returns how many bytes are left of it. */
  read(block: Buffer, final: boolean): number {
    let at = this.#atStart && block.subarray(0, 3).equals(BOM) ? 3 : 0;
    this.#atStart = false;
    if (this.#inRest) {
      const feed = block.indexOf(this.#feed);
      if (feed < 0) return 0;
      at = feed + 1;
      this.#inRest = false;
    }
    for (; this.#skip > 0; this.#skip--) {
      const feed = block.indexOf(this.#feed, at);
      if (feed < 0) return final ? 0 : block.length - at;
      at = feed + 1;
      this.#line++;
    }
    const found = this.#found;
    const text = isText(block.subarray(at, final ? block.length : block.lastIndexOf(this.#feed) + 1));
    while (this.#next(block, at, final)) {
      if (!text && found.fault === null) found.fault = textFault(block.subarray(found.start, found.end), this.#noText);
      this.#sink.record(block, found, this.#line);
      this.#line += found.lines;
      at = found.next;
    }
    return block.length - at;
  }

  #next(block: Buffer, at: number, final: boolean): boolean {
    const found = this.#found;
    const whole = this.#find(block, at, final, found);
    if (!(whole ? found.end - at > MAX_RECORD_BYTES : block.length - at > MAX_RECORD_BYTES)) return whole;
    const fault = `it is longer than ${MAX_RECORD_BYTES >> 20} MB`;
    if (findLine(block, at, final, found, fault, this.#feed)) return true;
    // Its end is not in sight: the beginning is the bad row, the rest goes unread up to the next line.
    Object.assign(found, { start: at, end: block.length, next: block.length, lines: 1, columns: 0, fault });
    this.#inRest = true;
    return true;
  }
}

function textFault(bytes: Buffer, noText: string): string | null {
  if (bytes.includes(0)) return 'it holds a NUL byte';
  return isUtf8(bytes) ? null : noText;
}
