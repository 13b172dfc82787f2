import { Buffer } from 'node:buffer';
import { type FileHandle, open } from 'node:fs/promises';

const LF = 10;

/** A file that grows by many small pieces: they gather in memory and are written when its owner has time. */
export class SpoolFile {
  readonly path: string;
  readonly #handle: FileHandle;
  #buffer = Buffer.allocUnsafe(1 << 20);
  #filled = 0;
  #written = 0;
  #closed = false;
  /** Records of one block that follow each other are copied as one run. */
  #run: { block: Buffer; start: number; end: number } | null = null;

  constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  static async create(path: string): Promise<SpoolFile> {
    return new SpoolFile(path, await open(path, 'w'));
  }

  get bytes(): number {
    return this.#written + this.#filled + (this.#run ? this.#run.end - this.#run.start : 0);
  }

  /** Adds a record with its line break; `next` is where the record behind it begins. */
  line(block: Buffer, start: number, end: number, next: number): void {
    if (next !== end + 1 || block[end] !== LF) {
      this.copy(block, start, end);
      this.byte(LF);
    } else if (this.#run?.block === block && this.#run.end === start) this.#run.end = next;
    else {
      this.#settle();
      this.#run = { block, start, end: next };
    }
  }

  copy(block: Buffer, start: number, end: number): void {
    this.#settle();
    this.#reserve(end - start);
    this.#filled += block.copy(this.#buffer, this.#filled, start, end);
  }

  byte(byte: number): void {
    this.#settle();
    this.#reserve(1);
    this.#buffer[this.#filled++] = byte;
  }

  text(text: string): void {
    this.#settle();
    this.#reserve(Buffer.byteLength(text));
    this.#filled += this.#buffer.write(text, this.#filled);
  }

  async flush(): Promise<void> {
    this.#settle();
    for (let at = 0; at < this.#filled; ) {
      const { bytesWritten } = await this.#handle.write(this.#buffer, at, this.#filled - at);
      at += bytesWritten;
    }
    this.#written += this.#filled;
    this.#filled = 0;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await this.flush();
    } finally {
      await this.#handle.close();
    }
  }

  #settle(): void {
    const run = this.#run;
    if (!run) return;
    this.#run = null;
    this.copy(run.block, run.start, run.end);
  }

  #reserve(bytes: number): void {
    if (this.#filled + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#filled + bytes));
    this.#buffer.copy(larger, 0, 0, this.#filled);
    this.#buffer = larger;
  }
}
