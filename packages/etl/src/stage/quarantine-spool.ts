import { readJsonRecords } from '../duckdb/readers.ts';
import { BAD_ROW_COLUMNS } from './bad-rows.ts';
import { SpoolFile } from './spool-file.ts';

/** A row that could not be kept as it is. */
export interface BadRow {
  /** Number of the part that its neighbours are in. */
  readonly chunk: number;
  /** Line of the source file where it begins. */
  readonly line: number | null;
  readonly column_name: string | null;
  readonly reason: string;
  /** The row as the source has it. */
  readonly raw: string;
}

/** Gathers bad rows on the disk: a source may have as many as it has rows. */
export class QuarantineSpool {
  readonly #path: string;
  readonly #common: { load_id: string; table_name: string; at: string };
  #spool: SpoolFile | null = null;
  #pending: string[] = [];
  #longest = 0;
  rows = 0;

  constructor(path: string, loadId: string, table: string) {
    this.#path = path;
    this.#common = { load_id: loadId, table_name: table, at: new Date().toISOString() };
  }

  add(row: BadRow): void {
    const line = JSON.stringify({ ...this.#common, ...row });
    this.#pending.push(line);
    this.#longest = Math.max(this.#longest, Buffer.byteLength(line));
    this.rows++;
  }

  async flush(): Promise<void> {
    if (this.#pending.length === 0) return;
    this.#spool ??= await SpoolFile.create(this.#path);
    for (const line of this.#pending) this.#spool.text(`${line}\n`);
    this.#pending = [];
    await this.#spool.flush();
  }

  /** The query that gives all rows; null when there are none. */
  async close(): Promise<string | null> {
    await this.flush();
    if (!this.#spool) return null;
    await this.#spool.close();
    const size = Math.max(16 << 20, this.#longest + 1024);
    return `select * from ${readJsonRecords(this.#path, BAD_ROW_COLUMNS, `maximum_object_size = ${size}`)}`;
  }
}
