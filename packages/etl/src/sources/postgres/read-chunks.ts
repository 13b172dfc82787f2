import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type pg from 'pg';
import type { Part, StepContext, TablePlan, TableSums } from '../../model.ts';
import { type Engine, roomFor } from '../../stage/engine.ts';
import { partName, writePart } from '../../stage/part.ts';
import { tellRows } from '../../stage/progress.ts';
import { addSums } from '../../types/table-sums.ts';
import type { ChunkQueries, Measured, MeasureOptions } from './chunk-queries.ts';
import type { Chunk, Layout } from './chunks.ts';
import { type CopiedFile, plannedRows } from './copied-text.ts';
import { copyToFile } from './copy-out.ts';
import { measure, measureInParallel } from './measure.ts';
import type { BadRow, Quarantine } from './quarantine.ts';

export interface ChunkReaderDeps {
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
  /** Null when the table was measured at once. */
  readonly measured: Measured | null;
  readonly onlyFit: boolean;
  readonly rows: CopiedFile | null;
  readonly unfit: CopiedFile | null;
}

/**
 * Reads chunk after chunk: while DuckDB turns one into a part, the next one is copied. What is read is measured first: the transaction
 * sees one state, so the order does not matter, and unfit rows are known in time.
 */
export class ChunkReader {
  readonly parts: Part[] = [];
  readonly remarks: number[];
  sums: TableSums = { rows: 0, columns: {}, checksum: null };
  readonly #with: ChunkReaderDeps;
  readonly #tell: (rows: number) => void;
  readonly #refused: { readonly chunk: Chunk; readonly lines: readonly number[] }[] = [];
  #conversion: Promise<void> = Promise.resolve();
  #rows = 0;

  constructor(deps: ChunkReaderDeps) {
    this.#with = deps;
    this.#tell = tellRows(deps.context, deps.plan.estimated_rows);
    this.remarks = deps.queries.remarks.map(() => 0);
  }

  async readAll({ chunks, whole }: Layout): Promise<void> {
    const measured = whole && (await measureInParallel(this.#with.client, this.#with.queries, whole));
    const atOnce = measured && !measured.hasUnfit ? measured : null;
    for (const chunk of chunks) {
      const spooled = await this.#spool(chunk, atOnce !== null);
      await this.#conversion;
      this.#conversion = this.#convert(spooled);
      // It is awaited before the next one starts; until then its failure is not unhandled.
      this.#conversion.catch(() => {});
    }
    await this.#conversion;
    if (atOnce) await this.#settle(atOnce, chunks);
  }

  /** When the last conversion has ended, well or not: the engine is not closed before. */
  async ended(): Promise<void> {
    await this.#conversion.catch(() => {});
  }

  async #spool(chunk: Chunk, isMeasured: boolean): Promise<Spooled> {
    const { context, queries } = this.#with;
    context.signal.throwIfAborted();
    const all = isMeasured ? null : await this.#measure(chunk);
    const onlyFit = all?.hasUnfit ?? false;
    const unfit = onlyFit ? await this.#copyUnfit(chunk) : null;
    const measured = onlyFit ? await this.#measure(chunk, { onlyFit }) : all;
    const rows = measured?.rows === 0 ? null : await this.#copy(queries.copy(chunk, onlyFit), `chunk-${chunk.number}`);
    const copied = rows?.rows ?? 0;
    if (measured && (copied !== measured.rows || copied + (unfit?.rows ?? 0) !== all?.rows)) throw this.#restless();
    if (measured) this.#remark(measured);
    this.#rows += copied;
    return { chunk, measured, onlyFit, rows: copied === 0 ? null : rows, unfit };
  }

  #remark({ remarks }: Measured): void {
    for (const [index, count] of remarks.entries()) this.remarks[index] = (this.remarks[index] ?? 0) + count;
  }

  /** The sums of a table that was measured at once are of all rows: without those that DuckDB refused each chunk is measured again. */
  async #settle(atOnce: Measured, chunks: readonly Chunk[]): Promise<void> {
    if (this.#rows !== atOnce.rows) throw this.#restless();
    this.#remark(atOnce);
    if (this.#refused.length === 0) this.sums = atOnce.sums;
    else {
      for (const chunk of chunks) {
        const refused = this.#refused.find((each) => each.chunk === chunk)?.lines ?? [];
        this.sums = addSums(this.sums, (await this.#measure(chunk, { refused })).sums);
      }
    }
    const kept = this.parts.reduce((sum, { rows }) => sum + rows, 0);
    if (kept !== this.sums.rows) throw this.#lost(this.#rows, kept);
  }

  #measure(chunk: Chunk, options?: MeasureOptions): Promise<Measured> {
    return measure(this.#with.client, this.#with.queries, chunk, options);
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
    let sums = measured?.sums;
    if (rows) {
      const part = await this.#writePart(chunk, rows);
      const refused = part.rows < rows.rows ? await this.#refuse(chunk, rows) : [];
      if (part.rows + refused.length !== rows.rows) throw this.#lost(rows.rows, part.rows);
      if (sums && refused.length > 0) sums = (await this.#measure(chunk, { onlyFit, refused })).sums;
      if (sums && sums.rows !== part.rows) throw this.#lost(rows.rows, part.rows);
      if (part.rows > 0) this.parts.push(part);
      else await unlink(part.file);
      await unlink(rows.path);
    }
    if (unfit) {
      await this.#with.quarantine.addSpooled(chunk.number, unfit);
      await unlink(unfit.path);
    }
    if (sums) this.sums = addSums(this.sums, sums);
  }

  async #refuse(chunk: Chunk, { path }: CopiedFile): Promise<number[]> {
    const { quarantine, plan } = this.#with;
    const lines = await quarantine.addRefused(chunk.number, plan.columns, path);
    if (plan.bad_rows === 'fail') throw this.#badRow(await quarantine.first());
    this.#refused.push({ chunk, lines });
    return lines;
  }

  async #writePart({ number }: Chunk, file: CopiedFile): Promise<Part> {
    const { engine, plan, folders } = this.#with;
    const query = plannedRows(plan.columns, file.path, await roomFor(engine, file, plan.columns.length));
    return await writePart(engine, query, join(folders.parts, partName(number)));
  }

  #badRow({ column, reason }: BadRow): SluiceError {
    return new SluiceError(
      'TABLE_UNREADABLE',
      `${this.#with.plan.table} has a row that cannot be kept: ${column === null ? '' : `in ${column} `}${reason}.`,
      { hint: 'Correct the row, or let bad rows go to quarantine (badRows: "quarantine").', lasting: true },
    );
  }

  #restless(): SluiceError {
    return new SluiceError('TABLE_UNVERIFIED', `${this.#with.plan.table} returns different rows when it is read twice in one transaction.`, {
      hint: 'A view of the clock, or of random numbers, cannot be verified: keep its rows in a table, or leave it out.',
    });
  }

  #lost(copied: number, kept: number): SluiceError {
    return new SluiceError('TABLE_UNVERIFIED', `${copied} rows of ${this.#with.plan.table} were copied, but ${kept} are in the part.`, {
      hint: 'This is a fault in Sluice: please report it.',
    });
  }
}
