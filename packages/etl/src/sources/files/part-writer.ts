import type { Buffer } from 'node:buffer';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Part } from '../../model.ts';
import { tellRows } from '../../stage/progress.ts';
import { QuarantineSpool } from '../../stage/quarantine-spool.ts';
import { SpoolFile } from '../../stage/spool-file.ts';
import type { FoundRecord } from './csv-records.ts';
import { type FileExtraction, writeTablePart } from './extraction.ts';
import { rawText } from './raw-text.ts';
import { type RowSink, textFormat } from './read-rows.ts';
import type { Fault } from './text-format.ts';
import { spooledRows } from './text-query.ts';
import { WrongGuess } from './widen-types.ts';
import { WRONG_COUNT } from './wrong-count.ts';

/** Sound rows on their way into one part. */
interface Slice {
  readonly number: number;
  readonly spool: SpoolFile;
  rows: number;
  longest: number;
  multiline: boolean;
}

/**
 * Turns the sound rows of a text file into Parquet parts, slice by slice: while DuckDB converts one slice the next one is read, and
 * never more than these two are on the disk. Bad rows go aside.
 */
export class PartWriter implements RowSink, AsyncDisposable {
  readonly quarantine: QuarantineSpool;
  readonly parts: Part[] = [];
  readonly #extraction: FileExtraction;
  readonly #write: ReturnType<typeof textFormat>['write'];
  readonly #progress: (rows: number) => void;
  #slice: Slice;
  #rows = 0;
  #conversion: Promise<void> = Promise.resolve();

  private constructor(extraction: FileExtraction, first: Slice) {
    const { plan, load_id, folders } = extraction;
    this.#extraction = extraction;
    this.#write = textFormat(plan).write;
    this.#progress = tellRows(extraction.context, extraction.plan.estimated_rows);
    this.#slice = first;
    this.quarantine = new QuarantineSpool(join(folders.spool, 'quarantine.ndjson'), load_id, plan.table);
  }

  static async create(extraction: FileExtraction): Promise<PartWriter> {
    return new PartWriter(extraction, await newSlice(extraction, 1));
  }

  good(block: Buffer, found: FoundRecord): void {
    const slice = this.#slice;
    const before = slice.spool.bytes;
    this.#write(slice.spool, block, found);
    slice.rows++;
    slice.longest = Math.max(slice.longest, slice.spool.bytes - before);
    slice.multiline ||= found.lines > 1;
  }

  bad(fault: Fault, block: Buffer, found: FoundRecord, line: number): void {
    const { plan, whole, member } = this.#extraction;
    if (fault.misfit) throw new WrongGuess(fault, line, member);
    const { column, reason } = fault;
    if (plan.bad_rows === 'fail') {
      throw new SluiceError('TABLE_UNREADABLE', `Line ${line} of ${plan.from.name} is a bad row: ${column === null ? '' : `${column}: `}${reason}.`, {
        hint: 'Correct the line, or let bad rows go to quarantine (badRows: "quarantine").',
        lasting: true,
      });
    }
    this.quarantine.add({
      chunk: this.#extraction.parts_before + this.#slice.number,
      line,
      column_name: column,
      reason: whole.members ? `${plan.from.name}: ${reason}` : reason,
      raw: rawText(block.subarray(found.start, found.end)),
    });
  }

  async pause(): Promise<void> {
    const slice = this.#slice;
    await slice.spool.flush();
    await this.quarantine.flush();
    this.#progress(this.#rows + slice.rows + this.quarantine.rows);
    if (slice.spool.bytes < this.#extraction.plan.chunk_mb * 2 ** 20) return;
    await this.#convertWhenFree();
    this.#slice = await newSlice(this.#extraction, slice.number + 1);
  }

  /** Converts what is left. A part is only there when its rows are as many as were written for it. */
  async finish(): Promise<void> {
    await this.#convertWhenFree();
    await this.#conversion;
  }

  /** After a failure, nothing may still be written when the folders go. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([this.#conversion, this.#slice.spool.close(), this.quarantine.close()]);
  }

  async #convertWhenFree(): Promise<void> {
    const slice = this.#slice;
    await slice.spool.close();
    await this.#conversion;
    this.#rows += slice.rows;
    this.#conversion = this.#convert(slice);
    // It is awaited before the next one starts; until then its failure is not unhandled.
    this.#conversion.catch(() => {});
  }

  async #convert({ number, spool, rows, ...shape }: Slice): Promise<void> {
    const { plan } = this.#extraction;
    if (rows > 0) {
      const part = await writeTablePart(this.#extraction, spooledRows(plan, spool.path, shape), number);
      if (part.rows !== rows) throw new SluiceError('INTERNAL', `${rows} rows of ${plan.from.name} became ${part.rows} in a part.`, WRONG_COUNT);
      this.parts.push(part);
    }
    await unlink(spool.path);
  }
}

async function newSlice({ plan, folders }: FileExtraction, number: number): Promise<Slice> {
  const spool = await SpoolFile.create(join(folders.spool, `slice-${number}.csv`));
  // A line of JSON may hold line breaks in its values once these are unescaped.
  return { number, spool, rows: 0, longest: 0, multiline: plan.kind === 'ndjson' };
}
