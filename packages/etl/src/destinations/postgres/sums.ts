import { holdsFloats } from '../../duckdb/zeros.ts';
import type { ColumnPlan, TablePlan, TableSums, VerifyLevel } from '../../model.ts';
import { type PostgresRule, rowText, textBytes } from '../../postgres/types/rule.ts';
import { POSTGRES_RULES } from '../../postgres/types/rules.ts';
import { type Dialect, md5Sum, POSTGRES_SHAPES } from '../../postgres/types/shapes.ts';
import { ruleNameOf, SHAPE_OF } from '../../types/rules.ts';
import { concatAll, identifier } from '../../types/sql.ts';
import { readSums, type SumExpression, sealSums } from '../../types/table-sums.ts';
import { postgresType } from './types.ts';

type Columns = Pick<TablePlan, 'columns' | 'kind'>;

const AS_TEXT: PostgresRule = { value: (column) => `${column}::text` };

/** Lists and the like of a file are texts here, as DuckDB writes them; of floats in them both zeros count as one, as on the other side. */
const WITH_FLOATS: PostgresRule = { value: (column) => `regexp_replace(${column}, '-(0[.]0|nan)([^0-9a-zA-Z.]|$)', '\\1\\2', 'g')` };

/** Without a digit before the point, as DuckDB writes a DECIMAL that has room for none. */
const fraction = (column: string): string => `regexp_replace(${column}::text, '^(-?)0[.]', '\\1.')`;
const FRACTIONS: { readonly [rule: string]: PostgresRule } = {
  decimal: { value: (column) => column, text: fraction },
  wide_decimal: { value: fraction },
};

/** How the values of a column are summed as they stand here, which may be otherwise than in their source. */
function ruleOf(column: ColumnPlan): PostgresRule {
  const name = ruleNameOf(column.type);
  // What a column of the source is made of has become a text on its way.
  if (name === 'composite') return AS_TEXT;
  const fractions = /^DECIMAL\((\d+),\1\)$/i.test(column.type) ? FRACTIONS[name] : undefined;
  if (fractions) return fractions;
  if (name === 'other' && holdsFloats(column.type)) return WITH_FLOATS;
  return POSTGRES_RULES[name];
}

/** A padded text in a column of texts keeps its padding, and is compared without. */
const paddedText = (column: string, dialect: Dialect) => {
  const { min, max } = POSTGRES_SHAPES.text(`rtrim(${column}, ' ')`, dialect);
  return { bytes: POSTGRES_SHAPES.text(column, dialect).bytes, min, max };
};

function sumsOf(column: ColumnPlan, kind: TablePlan['kind'], dialect: Dialect): Readonly<Record<string, string>> {
  const name = identifier(column.name);
  const rule = ruleNameOf(column.type);
  if (rule === 'bpchar' && postgresType(column, kind) === 'text') return paddedText(name, dialect);
  return POSTGRES_SHAPES[SHAPE_OF[rule]](ruleOf(column).value(name, column.type_args, dialect), dialect);
}

function expressions({ columns, kind }: Columns, dialect: Dialect): SumExpression[] {
  return columns.flatMap((column) => {
    const sums = { n: `count(${identifier(column.name)})`, ...sumsOf(column, kind, dialect) };
    return Object.entries(sums).map(([sum, sql]) => ({ column: column.name, sum, sql }));
  });
}

function rowChecksum({ columns, kind }: Columns, dialect: Dialect): string {
  const texts = columns.map((column) => {
    const name = identifier(column.name);
    const isText = column.type === 'bpchar' && postgresType(column, kind) === 'text';
    const text = isText ? name : rowText(ruleOf(column), name, column.type_args, dialect);
    return `coalesce(${textBytes(text, dialect)} || ':' || (${text}), 'N')`;
  });
  return md5Sum(concatAll(texts), dialect);
}

/** The sums of a planned table as it stands in PostgreSQL, and `also`, an aggregate: one row with one list, for a select has at most 1664 columns. */
export function sumsQuery(plan: Columns, relation: string, verify: VerifyLevel, dialect: Dialect, also: string): string {
  const sums = expressions(plan, dialect).map(({ sql }) => sql);
  const all = ['count(*)', ...sums, verify === 'full' ? rowChecksum(plan, dialect) : 'null', also];
  return `select array[${all.map((sql) => `(${sql})::text`).join(', ')}] as sums from ${relation}`;
}

export function readSumsOf(plan: Columns, list: readonly (string | null)[], dialect: Dialect): { sums: TableSums; also: string | null } {
  const [rows, ...rest] = list;
  const sums = expressions(plan, dialect);
  const checksum = rest[sums.length] ?? null;
  return { sums: sealSums({ rows: Number(rows), columns: readSums(sums, rest), checksum }), also: rest[sums.length + 1] ?? null };
}

/** Texts that are longer stand outside of their rows, mostly. */
const LONG_ROW = 2000;

export const dialectFor = (server: { readonly version: number; readonly encoding: string }, bytesOfRow: number): Dialect => ({
  version: server.version,
  utf8: server.encoding === 'UTF8',
  toasted: bytesOfRow > LONG_ROW,
});
