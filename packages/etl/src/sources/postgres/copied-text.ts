import { duckdbType } from '../../duckdb/own-type.ts';
import { readCsv } from '../../duckdb/readers.ts';
import type { ColumnPlan } from '../../model.ts';
import { postgresRule } from '../../postgres/types/sums.ts';
import { unescaped } from '../../postgres/types/unescaped.ts';
import { identifier } from '../../types/sql.ts';

/**
 * A file in the text format of PostgreSQL's COPY: a line is a row, whatever is in it. The CSV format costs the server 40 % more, and a
 * value with a line break in it can only be told from a row by reading all that comes before it.
 */
export interface CopiedFile {
  readonly path: string;
  readonly rows: number;
  /** Bytes of the longest line. */
  readonly longest: number;
}

/** DuckDB takes one byte order mark off the file: a spool file begins with one of ours, for the first value may begin with one. */
export const SPOOL_START = Buffer.from('\ufeff');

/** Empty lines are skipped by the reader: a row of one column has another one that is never empty. */
export const needsFiller = (columns: number): boolean => columns === 1;

const FILLER = 'filler';

/** Lines that are not as planned are left out, and told in a table of the session: see `Quarantine`. */
function readLines(path: string, types: readonly string[], room: string): string {
  const named = types.map((type, index) => [`c${index}`, type] as const);
  const columns = needsFiller(types.length) ? [[FILLER, 'TINYINT'] as const, ...named] : named;
  const rejects = { store_rejects: 'true', rejects_limit: '0' };
  return readCsv(path, { columns, options: { delim: `'\t'`, quote: `''`, escape: `''`, nullstr: `'\\N'`, ...rejects }, room });
}

/** The rows of a spool file, typed and named as planned. */
export function plannedRows(columns: readonly ColumnPlan[], path: string, options: string): string {
  const types = columns.map((column) => postgresRule(column).spool ?? duckdbType(column));
  const list = columns.map((column, index) => {
    const value = postgresRule(column).read?.(`c${index}`, column.type_args) ?? `c${index}`;
    return `${value} as ${identifier(column.name)}`;
  });
  return `select ${list.join(', ')} from ${readLines(path, types, options)}`;
}

/** The rows of a spool file of so many texts. */
export function textRows(names: readonly string[], path: string, options: string): string {
  const list = names.map((name, index) => `${unescaped(`c${index}`)} as ${identifier(name)}`);
  return `select ${list.join(', ')} from ${readLines(
    path,
    names.map(() => 'VARCHAR'),
    options,
  )}`;
}
