import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { ColumnPlan, StepContext, TablePlan, TableSums, VerifyLevel } from '../../model.ts';
import { tellRows } from '../../stage/progress.ts';
import type { QuarantineSpool } from '../../stage/quarantine-spool.ts';
import { chooseColumns, isDeclared, Tally } from './choose-columns.ts';
import type { SqliteFile } from './open.ts';
import { rawRow, reasonOf } from './quarantine.ts';
import { eachRow, type FoundValue, NoText, SuspiciousText } from './rows.ts';
import { SummedRows } from './sums.ts';
import { isTiny } from './types/numbers.ts';
import { type Kept, type SentArgs, sqliteRule } from './types/rules.ts';

/** Rows of a table that become a part, by their numbers. */
export interface Chunk {
  readonly first: bigint;
  last: bigint;
  /** Those that are kept. */
  rows: number;
}

/** What the rows of a table are, by node:sqlite, which has nothing to do with who reads them into parts. */
export interface Measured {
  readonly plan: TablePlan;
  readonly sums: TableSums;
  readonly chunks: readonly Chunk[];
  /** What is to be known of a column's values, for them to be sent. */
  readonly sent: readonly SentArgs[];
  readonly hasUnfit: boolean;
}

export interface MeasureRequest {
  readonly plan: TablePlan;
  readonly rowid: string | null;
  readonly verify: VerifyLevel;
  readonly quarantine: () => Promise<QuarantineSpool>;
  readonly context: StepContext;
}

/** Sums the rows of a table by its plan, in which types that do not hold what is there have been replaced. */
export async function measureTable(file: SqliteFile, request: MeasureRequest): Promise<Measured> {
  const undeclared = !request.plan.columns.every(isDeclared);
  const chosen = undeclared ? await chooseAnew(file, request) : request;
  const pass = await tryPass(file, chosen);
  if (!pass.hasUnfit || undeclared) return pass;
  const again = await chooseAnew(file, request);
  const isSame = again.plan.columns.every(({ type }, index) => type === chosen.plan.columns[index]?.type);
  return isSame ? pass : await tryPass(file, again);
}

async function chooseAnew(file: SqliteFile, request: MeasureRequest): Promise<MeasureRequest> {
  const tally = await withBytes((asBytes) => tallyRows(file, request, asBytes));
  return { ...request, plan: chooseColumns(request.plan, tally) };
}

async function tallyRows(file: SqliteFile, { plan, rowid, context }: MeasureRequest, asBytes: boolean): Promise<Tally> {
  const tally = new Tally(plan.columns);
  await eachRow(file, { plan, rowid, asBytes, signal: context.signal }, (row) => tally.add(row));
  return tally;
}

const tryPass = (file: SqliteFile, request: MeasureRequest): Promise<Measured> => withBytes((asBytes) => new Pass(request).run(file, asBytes));

/** Texts are looked at byte by byte only where one looks as if it was none. */
async function withBytes<T>(work: (asBytes: boolean) => Promise<T>): Promise<T> {
  try {
    return await work(false);
  } catch (error) {
    if (error instanceof SuspiciousText) return await work(true);
    throw error;
  }
}

class Pass {
  readonly #request: MeasureRequest;
  readonly #columns: readonly ColumnPlan[];
  readonly #rules: readonly ReturnType<typeof sqliteRule>[];
  readonly #summed: SummedRows;
  readonly #sent: { tiny?: boolean; floats?: boolean }[];
  readonly #chunks: Chunk[] = [];
  #bytes = 0;

  constructor(request: MeasureRequest) {
    this.#request = request;
    this.#columns = request.plan.columns;
    this.#rules = this.#columns.map(({ type }) => sqliteRule(type));
    this.#summed = new SummedRows(this.#columns, request.verify === 'full');
    this.#sent = this.#columns.map(() => ({}));
  }

  async run(file: SqliteFile, asBytes: boolean): Promise<Measured> {
    const { plan, rowid, context } = this.#request;
    const quarantine = await this.#request.quarantine();
    const tell = tellRows(context, plan.estimated_rows);
    let seen = 0;
    await eachRow(file, { plan, rowid, asBytes, signal: context.signal }, (row, number) => {
      tell(++seen);
      const chunk = this.#chunkOf(row, number);
      const kept = this.#keep(row);
      if (Array.isArray(kept)) {
        this.#summed.add(kept);
        chunk.rows++;
      } else this.#refuse(quarantine, row, kept);
    });
    await quarantine.flush();
    return { plan, sums: this.#summed.sums(), chunks: this.#chunks, sent: this.#sent, hasUnfit: quarantine.rows > 0 };
  }

  /** The values that are summed; or the place of the first one that is no value of its column. */
  #keep(row: readonly FoundValue[]): (Kept | null)[] | number {
    const kept: (Kept | null)[] = [];
    for (const [index, rule] of this.#rules.entries()) {
      const value = row[index] ?? null;
      const own = value === null ? null : value instanceof NoText ? undefined : rule.keep(value, this.#columns[index]?.type_args ?? {});
      if (own === undefined) return index;
      kept.push(own);
      if (typeof value === 'number') this.#note(index, value);
    }
    return kept;
  }

  #note(index: number, value: number): void {
    const sent = this.#sent[index];
    if (!sent) return;
    if (this.#rules[index]?.type === 'text') sent.floats = true;
    if (isTiny(value)) sent.tiny = true;
  }

  #chunkOf(row: readonly FoundValue[], number: bigint): Chunk {
    const last = this.#chunks.at(-1);
    const isFull = this.#request.rowid !== null && this.#bytes >= this.#request.plan.chunk_mb * 2 ** 20;
    if (isFull) this.#bytes = 0;
    for (const value of row) this.#bytes += typeof value === 'string' || value instanceof Uint8Array ? value.length : 8;
    if (last && !isFull) {
      last.last = number;
      return last;
    }
    const chunk = { first: number, last: number, rows: 0 };
    this.#chunks.push(chunk);
    return chunk;
  }

  #refuse(quarantine: QuarantineSpool, row: readonly FoundValue[], index: number): void {
    const { plan } = this.#request;
    const column = this.#columns[index];
    const [name, reason] = [column?.name ?? '', reasonOf(row[index] ?? null, column?.neutral_type ?? '')];
    if (plan.bad_rows === 'fail')
      throw new SluiceError('TABLE_UNREADABLE', `${plan.table} has a row that cannot be kept: in ${name} ${reason}.`, {
        hint: 'Correct the row, or let bad rows go to quarantine (badRows: "quarantine").',
        lasting: true,
      });
    quarantine.add({ chunk: this.#chunks.length, line: null, column_name: name, reason, raw: rawRow(this.#columns, row) });
  }
}
