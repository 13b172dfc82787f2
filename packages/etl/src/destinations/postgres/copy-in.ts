import { type FileHandle, open } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import type pg from 'pg';

const COPY_DATA = 0x64;
const HEADER = 5;
const BLOCK = 256 << 10;

/** What the library knows of its connection, and its types do not. */
interface Connection {
  readonly stream: Duplex;
  query(sql: string): void;
  endCopyFrom(): void;
  sendCopyFail(why: string): void;
}

/** One `COPY … FROM STDIN`, from a file into the socket: blocks of the file go out as they are, each behind the header of its message. */
class CopyIn implements pg.Submittable {
  /** Rows as the server counts them. */
  rows = 0;
  readonly finished: Promise<void>;
  readonly #sql: string;
  readonly #file: FileHandle;
  readonly #settle: { resolve(): void; reject(error: unknown): void };
  #refused = false;

  constructor(sql: string, file: FileHandle) {
    this.#sql = sql;
    this.#file = file;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.finished = promise;
    this.#settle = { resolve, reject };
  }

  submit(connection: pg.Connection): void {
    (connection as unknown as Connection).query(this.#sql);
  }

  handleCopyInResponse(connection: Connection): void {
    void this.#send(connection);
  }

  async #send(connection: Connection): Promise<void> {
    try {
      while (!this.#refused) {
        const block = Buffer.allocUnsafe(HEADER + BLOCK);
        const { bytesRead } = await this.#file.read(block, HEADER, BLOCK);
        if (bytesRead === 0) break;
        block[0] = COPY_DATA;
        block.writeUInt32BE(bytesRead + 4, 1);
        await write(connection.stream, block.subarray(0, HEADER + bytesRead));
      }
      if (!this.#refused) connection.endCopyFrom();
    } catch (error) {
      this.#settle.reject(error);
      if (!connection.stream.destroyed) connection.sendCopyFail('the rows could not be read');
    }
  }

  handleError(error: unknown): void {
    this.#refused = true;
    this.#settle.reject(error);
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.rows = Number(/^COPY (\d+)$/.exec(text)?.[1] ?? 0);
  }

  handleReadyForQuery(): void {
    this.#settle.resolve();
  }
}

/** Waits while the server is slower than the disk; ends with the connection. */
const write = (stream: Duplex, bytes: Buffer): Promise<void> =>
  new Promise((resolve, reject) => stream.write(bytes, (error) => (error ? reject(error) : resolve())));

/** Copies a file of rows into a table; returns how many they were, as the server says. */
export async function copyFromFile(client: pg.Client, statement: string, path: string): Promise<number> {
  await using file = await open(path, 'r');
  const copy = client.query(new CopyIn(statement, file));
  await copy.finished;
  return copy.rows;
}
