import type { JsonObject } from '@sluice/core/lib/json';
import type { ColumnPlan } from '../../../model.ts';
import { NARROW_DECIMAL } from '../../../types/rules.ts';
import type { MysqlRuleName } from './rules.ts';

/** A column as information_schema has it. */
export interface MysqlColumn {
  readonly name: string;
  /** `bigint`, and all that was declared: `bigint(20) unsigned`. */
  readonly type: string;
  readonly declared: string;
  readonly precision: number | null;
  readonly scale: number | null;
  readonly traits: string;
}

/** What becomes of a column of some type. */
export interface Carrier {
  readonly type: MysqlRuleName;
  readonly neutral_type: string;
  readonly type_args?: JsonObject;
  /** DuckDB has no such type: what is kept instead. */
  readonly instead?: string;
}

const plain = (type: MysqlRuleName, neutral_type: string): Carrier => ({ type, neutral_type });

export const AS_TEXT: Carrier = { ...plain('other', 'VARCHAR'), instead: 'the text' };
const TEXT = plain('text', 'VARCHAR');
const BYTES = plain('bytea', 'BLOB');
const GEOMETRY: Carrier = { ...BYTES, instead: 'the bytes (the number of its system of coordinates, then WKB)' };

const INTEGERS: { readonly [type: string]: string } = {
  tinyint: 'TINYINT',
  smallint: 'SMALLINT',
  mediumint: 'INTEGER',
  int: 'INTEGER',
  bigint: 'BIGINT',
};

const NAMED: { readonly [type: string]: Carrier } = {
  float: plain('float4', 'FLOAT'),
  double: plain('float8', 'DOUBLE'),
  date: plain('date', 'DATE'),
  datetime: plain('timestamp', 'TIMESTAMP'),
  timestamp: plain('timestamptz', 'TIMESTAMPTZ'),
  time: plain('time', 'TIME'),
  year: plain('integer', 'SMALLINT'),
  json: plain('json', 'JSON'),
  ...Object.fromEntries(['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'enum', 'set'].map((type) => [type, TEXT])),
  ...Object.fromEntries(['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'].map((type) => [type, BYTES])),
  ...Object.fromEntries(
    ['geometry', 'point', 'linestring', 'polygon', 'multipoint', 'multilinestring', 'multipolygon', 'geometrycollection', 'geomcollection'].map(
      (type) => [type, GEOMETRY],
    ),
  ),
};

export function carrierOf({ type, declared, precision, scale }: MysqlColumn): Carrier {
  const integer = INTEGERS[type];
  if (integer) {
    // As MySQL writes BOOLEAN. Values that are none are looked for when they are read.
    if (/^tinyint\(1\)$/.test(declared)) return plain('bool', 'BOOLEAN');
    return plain('integer', /unsigned/.test(declared) ? `U${integer}` : integer);
  }
  if (type === 'decimal') return decimalOf(precision ?? 10, scale ?? 0);
  if (type === 'bit') return { ...plain('bit', 'BIT'), type_args: { width: Number(/\d+/.exec(declared)?.[0] ?? 1) } };
  return NAMED[type] ?? AS_TEXT;
}

/** A type with more room, where values are none of what was declared. */
export const widerThan = ({ type }: Pick<ColumnPlan, 'type'>): Carrier => (type === 'bool' ? plain('integer', 'TINYINT') : plain('other', 'VARCHAR'));

/** DECIMAL has 38 digits, and room for one before the point: without it DuckDB writes `.5`, which is another text. */
function decimalOf(precision: number, scale: number): Carrier {
  const width = Math.max(precision, scale + 1);
  if (width > 38) return AS_TEXT;
  return plain(width <= NARROW_DECIMAL ? 'decimal' : 'wide_decimal', `DECIMAL(${width},${scale})`);
}

export const planColumn = ({ name, declared }: Pick<MysqlColumn, 'name' | 'declared'>, as: string, carrier: Carrier): ColumnPlan => ({
  source_name: name,
  name: as,
  source_type: declared,
  type: carrier.type,
  type_args: carrier.type_args ?? {},
  neutral_type: carrier.neutral_type,
});
