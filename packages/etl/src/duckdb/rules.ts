import type { JsonObject } from '@sluice/core/lib/json';
import type { ShapeName } from '../types/shapes.ts';
import { bitsOf, holdsFloats, NAN_BITS, withOneZero } from './zeros.ts';

/** What the types table says of a column in DuckDB, whatever source filled it. */
export interface DuckdbRule {
  readonly shape: ShapeName;
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

export const DUCKDB_RULES = {
  integer: { shape: 'number', value: itself },
  oid: { shape: 'number', value: itself },
  /** Up to 28 digits: the sum of ten billion values still fits into 38. */
  decimal: { shape: 'number', value: itself },
  wide_decimal: { shape: 'digest', value: asText },
  money: { shape: 'number', value: itself },
  float4: { shape: 'number', value: (column) => bitsOf(column, 'INTEGER', NAN_BITS.INTEGER) },
  float8: { shape: 'number', value: (column) => bitsOf(column, 'BIGINT', NAN_BITS.BIGINT) },
  bool: { shape: 'number', value: (column) => `${column}::INTEGER` },
  date: { shape: 'number', value: days },
  timestamp: { shape: 'number', value: microseconds },
  timestamptz: { shape: 'number', value: microseconds },
  time: { shape: 'number', value: (column) => `epoch_us(${column})` },
  timetz: { shape: 'digest', value: asText },
  interval: { shape: 'digest', value: intervalText },
  text: { shape: 'text', value: itself },
  bpchar: { shape: 'padded', value: itself },
  bytea: { shape: 'blob', value: itself, text: (column) => `md5(${column})` },
  uuid: { shape: 'uuid', value: itself, text: asText },
  bit: { shape: 'digest', value: asText },
  json: { shape: 'digest', value: asText },
  jsonb: { shape: 'digest', value: asText },
  inet: { shape: 'digest', value: asText },
  composite: { shape: 'digest', value: asText },
  array: { shape: 'digest', value: listText },
  other: { shape: 'digest', value: asText },
} as const satisfies Record<string, DuckdbRule>;

export type RuleName = keyof typeof DUCKDB_RULES;

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

const isRuleName = (type: string): type is RuleName => Object.hasOwn(DUCKDB_RULES, type);

/** Rules of DuckDB's own types: plans of files carry their names. */
function ruleNameOf(type: string): RuleName {
  const name = type.toUpperCase();
  if (/^U?(TINYINT|SMALLINT|INTEGER|BIGINT)$/.test(name)) return 'integer';
  const decimal = /^DECIMAL\((\d+),/.exec(name);
  if (decimal) return Number(decimal[1]) <= NARROW_DECIMAL ? 'decimal' : 'wide_decimal';
  return NAMED[name] ?? 'other';
}

/** Digits of a decimal whose sum cannot overflow. */
export const NARROW_DECIMAL = 28;

const NAMED: { readonly [type: string]: RuleName } = {
  FLOAT: 'float4',
  DOUBLE: 'float8',
  BOOLEAN: 'bool',
  DATE: 'date',
  TIME: 'time',
  TIMESTAMP: 'timestamp',
  TIMESTAMP_S: 'timestamp',
  TIMESTAMP_MS: 'timestamp',
  'TIMESTAMP WITH TIME ZONE': 'timestamptz',
  TIMESTAMPTZ: 'timestamptz',
  VARCHAR: 'text',
  BLOB: 'bytea',
  UUID: 'uuid',
};

/** JSON of files: every reader writes numbers and spaces in its own way, so both sides are compared as DuckDB writes them. */
const JSON_OF_FILES: DuckdbRule = { shape: 'digest', value: (column) => `json(${column})::VARCHAR` };

/** Lists and the like of a file that hold floats. */
const FLOATS_AMONG_OTHERS: DuckdbRule = { shape: 'digest', value: (column) => withOneZero(asText(column)) };

/** The rule of a column, by the name of a rule or of a DuckDB type. */
export function duckdbRule({ type }: RuledColumn): DuckdbRule {
  if (type === 'JSON') return JSON_OF_FILES;
  const name = isRuleName(type) ? type : ruleNameOf(type);
  return name === 'other' && holdsFloats(type) ? FLOATS_AMONG_OTHERS : DUCKDB_RULES[name];
}

/** A value in the text of a row; null for null. */
export function duckdbText(column: RuledColumn, sql: string): string {
  const rule = duckdbRule(column);
  return rule.text ? rule.text(sql, column.type_args) : `(${rule.value(sql, column.type_args)})::VARCHAR`;
}
