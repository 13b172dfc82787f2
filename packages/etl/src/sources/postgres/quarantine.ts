import { unlink } from 'node:fs/promises';
import type { ColumnPlan, Part } from '../../model.ts';
import { BAD_ROW_COLUMNS, declared } from '../../stage/bad-rows.ts';
import { type Engine, roomFor } from '../../stage/engine.ts';
import { writePart } from '../../stage/part.ts';
import { literal } from '../../types/sql.ts';
import { type CopiedFile, needsFiller, textRows } from './copied-text.ts';
import { writeRawLines, writeReadable } from './spool-lines.ts';

/** A row that stands in quarantine, as far as a sentence needs it. */
export interface BadRow {
  readonly column: string | null;
  readonly reason: string;
}

/** What a spool file of bad rows holds: the source does not know more of them. */
const SPOOLED = ['column_name', 'reason', 'raw'];

/** Gathers the bad rows of a load in the engine, which has a disk for them: there may be as many as rows. */
export class Quarantine {
  readonly #engine: Engine;
  readonly #common: string;
  rows = 0;

  private constructor(engine: Engine, common: string) {
    this.#engine = engine;
    this.#common = common;
  }

  static async create(engine: Engine, loadId: string, table: string): Promise<Quarantine> {
    await engine.connection.run(`create temp table quarantine (${declared(BAD_ROW_COLUMNS)})`);
    return new Quarantine(engine, `${literal(loadId)}, ${literal(table)}`);
  }

  /** The lines of a spool file that the reader has just refused, with their numbers. One line may have several errors: the first one stands for it. */
  async addRefused(chunk: number, columns: readonly ColumnPlan[], path: string): Promise<number[]> {
    const { connection } = this.#engine;
    const found = await connection.runAndReadAll('select distinct line from reject_errors order by line');
    const lines = found.getRowsJson().map(([line]) => Number(line));
    const raw = await writeRawLines(path, lines, `${path}.refused`);
    const names = `[${columns.map(({ name }) => literal(name)).join(', ')}]`;
    const place = needsFiller(columns.length) ? 'column_idx::BIGINT - 1' : 'column_idx::BIGINT';
    const reason = `regexp_replace(split_part(error_message, chr(10), 1), '^Error when converting column "[^"]*"[.] ', '')`;
    const first = 'from reject_errors qualify row_number() over (partition by line order by byte_position nulls last, column_idx) = 1';
    await this.#insert(
      `${chunk}, error.line, ${names}[${place}], ${reason}, raw.text`,
      `(${first}) as error join (${await this.#textRows(['line', 'text'], raw)}) as raw on raw.line::BIGINT = error.line`,
      raw,
    );
    await connection.run('drop table reject_errors; drop table reject_scans');
    return lines;
  }

  /** Rows that the source itself told apart, from a spool file. */
  async addSpooled(chunk: number, file: CopiedFile): Promise<void> {
    const readable = await writeReadable(file.path, `${file.path}.readable`);
    await this.#insert(`${chunk}, null, column_name, reason, raw`, `(${await this.#textRows(SPOOLED, readable)})`, readable);
  }

  async #textRows(names: readonly string[], file: CopiedFile): Promise<string> {
    return textRows(names, file.path, await roomFor(this.#engine, file, names.length));
  }

  async #insert(values: string, from: string, { path, rows }: CopiedFile): Promise<void> {
    const result = await this.#engine.connection.runAndReadAll(`insert into quarantine select ${this.#common}, ${values}, now() from ${from}`);
    const inserted = Number(result.getRowsJson()[0]?.[0]);
    if (inserted !== rows) throw new Error(`of ${rows} bad rows ${inserted} are in quarantine`);
    this.rows += inserted;
    await unlink(path);
  }

  async first(): Promise<BadRow> {
    const [row] = (await this.#engine.connection.runAndReadAll('select column_name, reason from quarantine limit 1')).getRowsJson();
    return { column: row?.[0] as string | null, reason: String(row?.[1]) };
  }

  /** Null when there are none. */
  async write(file: string): Promise<Part | null> {
    return this.rows === 0 ? null : await writePart(this.#engine, 'from quarantine order by chunk, line', file);
  }
}
