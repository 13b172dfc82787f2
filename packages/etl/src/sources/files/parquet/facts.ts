import { createHash } from 'node:crypto';
import type { DecodedArray, SchemaElement } from 'hyparquet';
import { parseFloat16 } from 'hyparquet/src/convert.js';
import type { ColumnPlan } from '../../../model.ts';
import { identifier } from '../../../types/sql.ts';
import { decimalText, whole } from './text-of.ts';

/** Facts of a column that both readers state: how many values it has, and what they come to. */
export interface ColumnFacts {
  readonly names: readonly string[];
  /** The same facts as DuckDB states them, as aggregates. */
  readonly sql: readonly string[];
  add(values: DecodedArray, element: SchemaElement): void;
  values(): (string | null)[];
}

type Stored = number | bigint | boolean | Uint8Array;
type ToNumber = (value: Stored, element: SchemaElement) => bigint;

const integer: ToNumber = (value, { converted_type, logical_type, type }) => {
  const number = whole(value as number);
  const unsigned = converted_type?.startsWith('UINT') || (logical_type?.type === 'INTEGER' && !logical_type.isSigned);
  return unsigned ? BigInt.asUintN(type === 'INT64' ? 64 : 32, number) : number;
};

const microseconds: ToNumber = (value, { converted_type, logical_type, type }) => {
  const number = whole(value as bigint);
  const unit = logical_type?.type === 'TIMESTAMP' || logical_type?.type === 'TIME' ? logical_type.unit : null;
  if (unit === 'MILLIS' || converted_type === 'TIMESTAMP_MILLIS' || converted_type === 'TIME_MILLIS') return number * 1000n;
  return unit === 'NANOS' || type === 'INT96' ? number / 1000n : number;
};

const bits = new DataView(new ArrayBuffer(8));

/** The bits of a float, or of half of one; NaNs have many, and both zeros are one number. */
const double: ToNumber = (stored) => {
  const value = stored instanceof Uint8Array ? parseFloat16(stored) : stored;
  if (value === 0) return 1n;
  bits.setFloat64(0, value as number);
  return Number.isNaN(value) ? 0n : bits.getBigInt64(0);
};

const sumOf = (sql: string, number: ToNumber, scaleOf: (element: SchemaElement) => number = () => 0): ColumnFacts => {
  let [count, sum, scale] = [0, 0n, 0];
  return {
    names: ['values', 'sum'],
    sql: [sql],
    add(values, element) {
      scale = scaleOf(element);
      for (const value of values as ArrayLike<Stored | null | undefined> & Iterable<Stored | null | undefined>) {
        if (value === null || value === undefined) continue;
        count++;
        sum += number(value, element);
      }
    },
    values: () => [String(count), count === 0 ? null : decimalText(sum, scale)],
  };
};

const md5 = (bytes: Uint8Array | null): string | null => bytes && createHash('md5').update(bytes).digest('hex');

/** Bytes: how many, and which come first and last in order. */
const bytesOf = (column: string, length: 'strlen' | 'octet_length'): ColumnFacts => {
  let [count, sum] = [0, 0];
  let min: Uint8Array | null = null;
  let max: Uint8Array | null = null;
  return {
    names: ['values', 'bytes', 'first', 'last'],
    sql: [`sum(${length}(${column}))`, `md5(min(${column}))`, `md5(max(${column}))`],
    add(values) {
      for (const value of values as Iterable<Uint8Array | null | undefined>) {
        if (value === null || value === undefined) continue;
        count++;
        sum += value.length;
        if (min === null || Buffer.compare(value, min) < 0) min = value;
        if (max === null || Buffer.compare(value, max) > 0) max = value;
      }
    },
    values: () => [String(count), count === 0 ? null : String(sum), md5(min), md5(max)],
  };
};

const finite = (column: string, sql: string, infinite: string): string =>
  `sum(case when isfinite(${column}) then ${sql} when ${column} = 'infinity' then ${infinite} when ${column} = '-infinity' then -${infinite} end)`;

const KINDS: readonly (readonly [type: RegExp, facts: (column: string) => ColumnFacts])[] = [
  [/^U?(?:TINYINT|SMALLINT|INTEGER|BIGINT)$/, (column) => sumOf(`sum(${column}::HUGEINT)`, integer)],
  [/^BOOLEAN$/, (column) => sumOf(`sum(${column}::INTEGER)`, (value) => (value ? 1n : 0n))],
  // A sum of wider ones may not fit.
  [
    /^DECIMAL\((?:1?\d|2[0-8]),/,
    (column) =>
      sumOf(
        `sum(${column})`,
        (value) => whole(value as number),
        ({ scale = 0 }) => scale,
      ),
  ],
  [/^DATE$/, (column) => sumOf(finite(column, `${column} - DATE '1970-01-01'`, '2147483647'), (value) => whole(value as number))],
  [/^TIME$/, (column) => sumOf(`sum(epoch_us(${column}))`, microseconds)],
  [/^TIMESTAMP(?: WITH TIME ZONE)?$/, (column) => sumOf(finite(column, `epoch_us(${column})`, '9223372036854775807'), microseconds)],
  [/^DOUBLE$/, (column) => sumOf(`sum(case when isnan(${column}) then 0 when ${column} = 0 then 1 else ${column}::BIT::BIGINT end)`, double)],
  [/^FLOAT$/, (column) => sumOf(`sum(case when isnan(${column}) then 0 when ${column} = 0 then 1 else ${column}::DOUBLE::BIT::BIGINT end)`, double)],
  [/^VARCHAR$/, (column) => bytesOf(column, 'strlen')],
  [/^BLOB$/, (column) => bytesOf(column, 'octet_length')],
];

/** Facts of a column; null for one that the two readers do not state in the same words. */
export function factsFor({ name, neutral_type, type_args }: ColumnPlan): ColumnFacts | null {
  if (type_args['text'] !== undefined) return null;
  const column = identifier(name);
  const facts = KINDS.find(([type]) => type.test(neutral_type))?.[1](column);
  return facts ? { ...facts, sql: [`count(${column})`, ...facts.sql] } : null;
}
