import type { ColumnPlan, TableSums, VerifyLevel } from '../model.ts';
import { concatAll, identifier } from '../types/sql.ts';
import { readSums, type SumExpression } from '../types/table-sums.ts';
import { duckdbShape, duckdbText } from './rules.ts';
import { md5Sum } from './shapes.ts';

type Columns = { readonly columns: readonly ColumnPlan[] };

/** Sums of a planned table's columns, as aggregates over a relation that has its columns by their names in the warehouse. */
export function duckdbSums({ columns }: Columns): SumExpression[] {
  return columns.flatMap((column) => {
    const name = identifier(column.name);
    const sums = { n: `count(${name})`, ...duckdbShape(column, name) };
    return Object.entries(sums).map(([sum, sql]) => ({ column: column.name, sum, sql }));
  });
}

/** Sum of the md5 of every row, as an aggregate: the same number as PostgreSQL's for the same rows, in any order. */
export function duckdbRowChecksum({ columns }: Columns): string {
  const texts = columns.map((column) => duckdbText(column, identifier(column.name)));
  return md5Sum(columns.length > WRITTEN_OUT ? inGroups(texts) : concatAll(texts.map(withLength)));
}

/**
 * DuckDB looks for equal parts in an expression in a time that grows with the square of its size: 1,600 columns took 44 s, for one row.
 * Up to so many that is not felt, and a row costs less.
 */
const WRITTEN_OUT = 100;
const GROUP = 50;

/** A list says what is done with each text once, so the expression holds nothing twice. */
function inGroups(texts: readonly string[]): string {
  const groups = Array.from({ length: Math.ceil(texts.length / GROUP) }, (_, index) => texts.slice(index * GROUP, (index + 1) * GROUP));
  return concatAll(groups.map((group) => `array_to_string(list_transform([${group.join(', ')}], lambda t: ${withLength('t')}), '')`));
}

const withLength = (text: string): string => `coalesce(strlen(${text}) || ':' || ${text}, 'N')`;

/** One row with one list of texts: a select has fewer columns than a wide table has sums. `also`: another column of the row. */
export function duckdbSumsQuery(plan: Columns, relation: string, verify: VerifyLevel, also?: string): string {
  const sums = duckdbSums(plan).map(({ sql }) => sql);
  const all = ['count(*)', ...sums, verify === 'full' ? duckdbRowChecksum(plan) : 'null'];
  return `select [${all.map((sql) => `(${sql})::VARCHAR`).join(', ')}] as sums${also ? `, ${also}` : ''} from ${relation}`;
}

/** What the list of `duckdbSumsQuery` says. */
export function readDuckdbSums(plan: Columns, list: readonly (string | null)[]): TableSums {
  const [rows, ...sums] = list;
  return { rows: Number(rows), columns: readSums(duckdbSums(plan), sums), checksum: sums.at(-1) ?? null };
}
