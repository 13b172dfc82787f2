import type { JsonObject } from '@sluice/core/lib/json';
import { type RuleName, ruleNameOf, SHAPE_OF } from '../types/rules.ts';
import { NAN_BITS } from '../types/zeros.ts';
import { DUCKDB_SHAPES } from './shapes.ts';
import { bitsOf, holdsFloats, withOneZero } from './zeros.ts';

/** What the types table says of a column in DuckDB, whatever source filled it. */
interface DuckdbRule {
  /** What the shape sums. */
  value(column: string, args: JsonObject): string;
  /** The value in the text of a row; the text of `value` where nothing is said. Equal texts on both sides, equal rows. */
  text?(column: string, args: JsonObject): string;
}

const itself = (column: string): string => column;
const asText = (column: string): string => `${column}::VARCHAR`;

/** Microseconds since 2000-01-01, and the two ends of the 64 bits for the infinities: what PostgreSQL stores. */
const microseconds = (column: string): string =>
  `case when isfinite(${column}) then epoch_us(${column}) - 946684800000000 when ${column} = 'infinity' then 9223372036854775807 when ${column} = '-infinity' then -9223372036854775808 end`;

const days = (column: string): string =>
  `case when isfinite(${column}) then ${column} - DATE '2000-01-01' when ${column} = 'infinity' then 2147483647 when ${column} = '-infinity' then -2147483648 end`;

/** The parts that an interval has in both engines, as PostgreSQL's projection writes them. */
const intervalText = (column: string): string =>
  [
    `datepart('year', ${column}) * 12 + datepart('month', ${column}) || ' months '`,
    `datepart('day', ${column}) || ' days '`,
    `datepart('hour', ${column}) || ' hours '`,
    `datepart('minute', ${column}) * 60000000 + datepart('microsecond', ${column}) || ' microseconds'`,
  ].join(' || ');

const DUCKDB_RULES: { readonly [rule in RuleName]: DuckdbRule } = {
  integer: { value: itself },
  oid: { value: itself },
  decimal: { value: itself },
  wide_decimal: { value: asText },
  money: { value: itself },
  float4: { value: (column) => bitsOf(column, 'INTEGER', NAN_BITS.INTEGER) },
  float8: { value: (column) => bitsOf(column, 'BIGINT', NAN_BITS.BIGINT) },
  bool: { value: (column) => `${column}::INTEGER` },
  date: { value: days },
  timestamp: { value: microseconds },
  timestamptz: { value: microseconds },
  time: { value: (column) => `epoch_us(${column})` },
  timetz: { value: asText },
  interval: { value: intervalText },
  text: { value: itself },
  bpchar: { value: itself },
  bytea: { value: itself, text: (column) => `md5(${column})` },
  uuid: { value: itself, text: asText },
  bit: { value: asText },
  json: { value: asText },
  jsonb: { value: asText },
  inet: { value: asText },
  composite: { value: asText },
  array: { value: listText },
  other: { value: asText },
};

/** Length of each dimension, then the elements, each with its length: PostgreSQL's arrays are rectangles. */
function listText(column: string, args: JsonObject): string {
  const depth = Number(args['depth']);
  const dimensions = Array.from({ length: depth }, (_, level) => `coalesce(len(${column}${'[1]'.repeat(level)}), 0) || ':'`).join(' || ');
  const flat = `${'flatten('.repeat(depth - 1)}${column}${')'.repeat(depth - 1)}`;
  const element = duckdbText({ type: String(args['element']), type_args: args['element_args'] as JsonObject }, 'e');
  const elements = `list_transform(${flat}, lambda e: coalesce(strlen(${element}) || ':' || ${element}, 'N'))`;
  return `case when ${column} is not null then ${dimensions} || array_to_string(${elements}, '') end`;
}

/** A column as a rule sees it. */
export interface RuledColumn {
  readonly type: string;
  readonly type_args: JsonObject;
}

/** JSON of files: every reader writes numbers and spaces in its own way, so both sides are compared as DuckDB writes them. */
const JSON_OF_FILES: DuckdbRule = { value: (column) => `json(${column})::VARCHAR` };

/** Lists and the like of a file that hold floats. */
const FLOATS_AMONG_OTHERS: DuckdbRule = { value: (column) => withOneZero(asText(column)) };

function duckdbRule({ type }: RuledColumn): DuckdbRule {
  if (type === 'JSON') return JSON_OF_FILES;
  const name = ruleNameOf(type);
  return name === 'other' && holdsFloats(type) ? FLOATS_AMONG_OTHERS : DUCKDB_RULES[name];
}

/** A value in the text of a row; null for null. */
export function duckdbText(column: RuledColumn, sql: string): string {
  const rule = duckdbRule(column);
  return rule.text ? rule.text(sql, column.type_args) : `(${rule.value(sql, column.type_args)})::VARCHAR`;
}

/** SQL of the sums of a column's values, by their names. */
export function duckdbShape(column: RuledColumn, sql: string): Readonly<Record<string, string>> {
  return DUCKDB_SHAPES[SHAPE_OF[ruleNameOf(column.type)]](duckdbRule(column).value(sql, column.type_args));
}
