import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type pg from 'pg';
import type { Part, StepContext, TablePlan, TableSums } from '../../model.ts';
import { type CopiedFile, plannedRows } from '../../stage/copied-text.ts';
import { type Engine, roomFor } from '../../stage/engine.ts';
import { writePart } from '../../stage/part.ts';
import type { BadRow, Quarantine } from '../../stage/quarantine.ts';
import { addSums } from '../../types/table-sums.ts';
import type { ChunkQueries, Measured, MeasureOptions } from './chunk-queries.ts';
import type { Chunk } from './chunks.ts';
import { copyToFile } from './copy-out.ts';

export interface ChunkReaderParts {
  readonly client: pg.Client;
  readonly engine: Engine;
  readonly quarantine: Quarantine;
  readonly queries: ChunkQueries;
  readonly plan: TablePlan;
  readonly folders: { readonly parts: string; readonly spool: string };
  readonly context: StepContext;
}

/** A chunk whose rows are on this machine, as text. */
interface Spooled {
  readonly chunk: Chunk;
  readonly measured: Measured;
  readonly onlyFit: boolean;
  readonly rows: CopiedFile | null;
  readonly unfit: CopiedFile | null;
}

const PROGRESS_MS = 250;

/** Reads chunk after chunk: while DuckDB turns one into a part, the next one is measured and copied. */
export class ChunkReader {
  readonly parts: Part[] = [];
  readonly remarks: number[];
  sums: TableSums | undefined;
  readonly #with: ChunkReaderParts;
  #conversion: Promise<void> = Promise.resolve();
  #rows = 0;
  #told = 0;

  constructor(parts: ChunkReaderParts) {
    this.#with = parts;
    this.remarks = parts.queries.remarks.map(() => 0);
  }

  async readAll(chunks: readonly Chunk[]): Promise<void> {
    for (const chunk of chunks) {
      const spooled = await this.#spool(chunk);
      await this.#conversion;
      this.#conversion = this.#convert(spooled);
      // It is awaited before the next one starts; until then its failure is not unhandled.
      this.#conversion.catch(() => {});
    }
    await this.#conversion;
  }

  /** When the last conversion has ended, well or not: the engine is not closed before. */
  async settled(): Promise<void> {
    await this.#conversion.catch(() => {});
  }

  /** Measured before it is copied: the transaction sees one state, so the order does not matter, and unfit rows are known in time. */
  async #spool(chunk: Chunk): Promise<Spooled> {
    this.#with.context.signal.throwIfAborted();
    const all = await this.#measure(chunk);
    const onlyFit = all.hasUnfit;
    const unfit = onlyFit ? await this.#copyUnfit(chunk) : null;
    const measured = onlyFit ? await this.#measure(chunk, { onlyFit }) : all;
    const rows = measured.rows > 0 ? await this.#copy(this.#with.queries.copy(chunk, onlyFit), `chunk-${chunk.number}`) : null;
    if ((rows?.rows ?? 0) !== measured.rows || (unfit?.rows ?? 0) !== all.rows - measured.rows) throw this.#restless();
    for (const [index, count] of measured.remarks.entries()) this.remarks[index] = (this.remarks[index] ?? 0) + count;
    this.#rows += measured.rows;
    return { chunk, measured, onlyFit, rows, unfit };
  }

  async #measure(chunk: Chunk, options?: MeasureOptions): Promise<Measured> {
    const { client, queries } = this.#with;
    const { rows } = await client.query<{ measured: (string | null)[] }>(queries.measure(chunk, options));
    return queries.read(rows[0]?.measured ?? []);
  }

  async #copyUnfit(chunk: Chunk): Promise<CopiedFile> {
    const { client, plan, queries } = this.#with;
    if (plan.bad_rows === 'fail') {
      const { rows } = await client.query<{ column_name: string | null; reason: string }>(`${queries.copyUnfit(chunk)} limit 1`);
      throw this.#badRow({ column: rows[0]?.column_name ?? null, reason: rows[0]?.reason ?? '' });
    }
    return await this.#copy(queries.copyUnfit(chunk), `unfit-${chunk.number}`);
  }

  async #copy(query: string, name: string): Promise<CopiedFile> {
    const { client, folders } = this.#with;
    return await copyToFile(client, query, join(folders.spool, `${name}.txt`), (rows) => this.#tell(this.#rows + rows));
  }

  /** Rows that DuckDB refuses, which no condition foresaw, go to quarantine as well, and the sums are made again without them. */
  async #convert({ chunk, measured, onlyFit, rows, unfit }: Spooled): Promise<void> {
    const { quarantine, plan } = this.#with;
    let { sums } = measured;
    if (rows) {
      const part = await this.#writePart(chunk, rows);
      if (part.rows < rows.rows) {
        const refused = await quarantine.addRefused(chunk.number, plan.columns);
        if (plan.bad_rows === 'fail') throw this.#badRow(await quarantine.first());
        sums = (await this.#measure(chunk, { onlyFit, refused })).sums;
      }
      if (part.rows !== sums.rows) throw this.#lost(rows.rows, part.rows);
      if (part.rows > 0) this.parts.push(part);
      await unlink(rows.path);
    }
    if (unfit) {
      await quarantine.addSpooled(chunk.number, unfit);
      await unlink(unfit.path);
    }
    this.sums = this.sums ? addSums(this.sums, sums) : sums;
  }

  async #writePart({ number }: Chunk, { path, longest }: CopiedFile): Promise<Part> {
    const { engine, plan, folders } = this.#with;
    const query = plannedRows(plan.columns, path, await roomFor(engine, longest));
    return await writePart(engine, query, join(folders.parts, `part-${String(number).padStart(5, '0')}.parquet`));
  }

  #tell(rows: number): void {
    const now = performance.now();
    if (now - this.#told < PROGRESS_MS) return;
    this.#told = now;
    const { context, plan } = this.#with;
    context.progress({ done: rows, total: plan.estimated_rows, label: 'rows' });
  }

  #badRow({ column, reason }: BadRow): SluiceError {
    return new SluiceError(
      'TABLE_UNREADABLE',
      `${this.#with.plan.table} has a row that cannot be kept: ${column === null ? '' : `in ${column} `}${reason}.`,
      {
        hint: 'Correct the row, or let bad rows go to quarantine (badRows: "quarantine").',
      },
    );
  }

  #restless(): SluiceError {
    return new SluiceError('TABLE_UNVERIFIED', `${this.#with.plan.table} has not the same rows when it is read twice in one transaction.`, {
      hint: 'A view of the clock, or of random numbers, cannot be verified: keep its rows in a table, or leave it out.',
    });
  }

  #lost(copied: number, kept: number): SluiceError {
    return new SluiceError('TABLE_UNVERIFIED', `Of ${copied} rows of ${this.#with.plan.table} that were copied ${kept} are in the part.`, {
      hint: 'This is a fault of Sluice: please report it.',
    });
  }
}
