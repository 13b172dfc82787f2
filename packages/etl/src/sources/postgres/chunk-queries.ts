import type { ColumnPlan, TablePlan, TableSums, VerifyLevel } from '../../model.ts';
import type { Dialect } from '../../postgres/types/shapes.ts';
import { type ColumnFinding, findings, postgresRowChecksum, postgresRule, postgresSums } from '../../postgres/types/sums.ts';
import { identifier, literal } from '../../types/sql.ts';
import { readSums } from '../../types/table-sums.ts';
import type { Chunk } from './chunks.ts';
import { needsFiller } from './copied-text.ts';
import { rowText, type SizedColumn } from './large-values.ts';

/** Rows that cannot be kept, by a condition. Column and reason are SQL. */
interface Unfit {
  readonly when: string;
  readonly noticed?: string;
  readonly column: string;
  readonly reason: string;
}

/** What has been counted in a chunk. */
export interface Measured {
  readonly rows: number;
  /** Whether some of the rows are unfit. */
  readonly hasUnfit: boolean;
  /** Rows of each remark. */
  readonly remarks: readonly number[];
  readonly sums: TableSums;
}

export interface MeasureOptions {
  readonly onlyFit?: boolean;
  /** Lines of the copy that DuckDB has refused: rows by their number in the order of the table. */
  readonly refused?: readonly number[];
}

interface Reading {
  readonly plan: TablePlan;
  readonly dialect: Dialect;
  readonly verify: VerifyLevel;
  /** Columns whose values may be larger than `limit`. */
  readonly sized: readonly SizedColumn[];
  readonly limit: number;
}

/** The statements that read a chunk of a table. Unfit rows are left out of copy and sums, and copied apart. */
export class ChunkQueries {
  readonly remarks: readonly { readonly column: string; readonly reason: string }[];
  readonly #columns: readonly ColumnPlan[];
  readonly #sums: ReturnType<typeof postgresSums>;
  readonly #counted: readonly string[];
  readonly #unfit: readonly Unfit[];
  readonly #rowText: string;

  constructor({ plan: { columns }, dialect, verify, sized, limit }: Reading) {
    const remarks = findings(columns, 'remark');
    this.remarks = remarks;
    this.#columns = columns;
    this.#sums = postgresSums(columns, dialect);
    this.#unfit = [...findings(columns, 'unfit').map(asUnfit), ...tooLarge(sized, limit)];
    this.#rowText = rowText(columns, sized);
    const counts = remarks.map(({ when }) => `count(*) filter (where ${when})`);
    this.#counted = ['count(*)', this.#noticed(), ...counts, ...this.#sums.map(({ sql }) => sql), postgresRowChecksum(columns, dialect, verify)];
  }

  /** Whether there are unfit rows at all, for as little as possible: nearly always there are none. */
  #noticed(): string {
    const looked = this.#unfit.filter(({ noticed }) => noticed === undefined).map(({ when }) => `(${when})`);
    const noticed = this.#unfit.flatMap((unfit) => unfit.noticed ?? []);
    return (
      [...(looked.length > 0 ? [`bool_or(${looked.join(' or ')})`] : []), ...noticed].map((sql) => `coalesce(${sql}, false)`).join(' or ') || 'false'
    );
  }

  /** One row with one list of texts: a select has fewer columns than a wide table has sums. */
  measure(chunk: Chunk, { onlyFit = false, refused = [] }: MeasureOptions = {}): string {
    const from = `${chunk.from}${this.#where(chunk, onlyFit)}`;
    const kept =
      refused.length > 0 ? `(select *, row_number() over () as sluice_line from ${from}) as numbered where sluice_line <> all('{${refused}}')` : from;
    return `select array[${this.#counted.map((sql) => `(${sql})::text`).join(', ')}] as measured from ${kept}`;
  }

  /** What the list of `measure` says. */
  read(list: readonly (string | null)[]): Measured {
    const [rows, noticed, ...others] = list;
    const remarks = others.splice(0, this.remarks.length).map(Number);
    const sums = { rows: Number(rows), columns: readSums(this.#sums, others), checksum: others.at(-1) ?? null };
    return { rows: Number(rows), hasUnfit: noticed === 'true', remarks, sums };
  }

  copy(chunk: Chunk, onlyFit: boolean): string {
    const list = this.#columns.map(
      (column) => postgresRule(column).copy?.(identifier(column.source_name), column.type_args) ?? identifier(column.source_name),
    );
    return `select ${[...(needsFiller(list.length) ? ['1'] : []), ...list].join(', ')} from ${chunk.from}${this.#where(chunk, onlyFit)}`;
  }

  /** Column, reason and text of the unfit rows. */
  copyUnfit(chunk: Chunk): string {
    const first = (what: 'column' | 'reason') => `case ${this.#unfit.map((unfit) => `when ${unfit.when} then ${unfit[what]}`).join(' ')} end`;
    return `select ${first('column')} as column_name, ${first('reason')} as reason, ${this.#rowText} as raw from ${chunk.from}${where([...chunk.conditions, this.#anyUnfit()])}`;
  }

  #where(chunk: Chunk, onlyFit: boolean): string {
    return where(onlyFit ? [...chunk.conditions, `${this.#anyUnfit()} is not true`] : chunk.conditions);
  }

  #anyUnfit(): string {
    return this.#unfit.length > 0 ? `(${this.#unfit.map(({ when }) => `(${when})`).join(' or ')})` : 'false';
  }
}

const where = (conditions: readonly string[]): string => (conditions.length > 0 ? ` where ${conditions.join(' and ')}` : '');

const asUnfit = ({ column, reason, ...finding }: ColumnFinding): Unfit => ({ ...finding, column: literal(column), reason: literal(reason) });

/** A message of the server holds 1 GB: a row of several large values must not reach it either. */
function tooLarge(sized: readonly SizedColumn[], limit: number): Unfit[] {
  const whole = sized.map(({ size }) => `coalesce(${size}, 0)::bigint`).join(' + ');
  const values = sized.map(({ column, size }) => ({
    column: literal(column.name),
    when: `${size} > ${limit}`,
    reason: `'it has ' || ${size} || ' bytes, and at most ${limit} are kept'`,
  }));
  const row = {
    column: 'null',
    when: `${whole} > ${2 * limit}`,
    reason: `'the row has ' || ${whole} || ' bytes, and at most ${2 * limit} are kept'`,
  };
  return sized.length > 1 ? [...values, row] : values;
}
