import type { SchemaElement, SchemaTree } from 'hyparquet';

/** How a column of a Parquet file is carried: as DuckDB reads it, or as text because DuckDB would change its values, or not at all. */
export type Carried =
  | { readonly how: 'exact' }
  /** `finer`: only where a value is finer than microseconds. */
  | { readonly how: 'text'; readonly text: TextKind; readonly source_type: string; readonly why: string }
  | { readonly how: 'not'; readonly why: string };

/** What the second reader makes a text of. */
export type TextKind = 'decimal' | 'instant' | 'timestamp' | 'time';

const EXACT: Carried = { how: 'exact' };

const MAX_DIGITS = 38;

/** What an element is called in the table below. */
function nameOf({ type, converted_type, logical_type }: SchemaElement): string {
  if (logical_type?.type === 'TIMESTAMP' || logical_type?.type === 'TIME') {
    return `${type} ${logical_type.type} ${logical_type.unit}${logical_type.isAdjustedToUTC ? ' UTC' : ''}`;
  }
  if (logical_type?.type === 'INTEGER') return `${type} INTEGER`;
  return [type, logical_type?.type ?? converted_type ?? ''].join(' ').trim();
}

const decimal = ({ precision = 0, scale = 0 }: SchemaElement): Carried =>
  precision <= MAX_DIGITS
    ? EXACT
    : {
        how: 'text',
        text: 'decimal',
        source_type: `DECIMAL(${precision},${scale})`,
        why: `has decimals of ${precision} digits, more than the ${MAX_DIGITS} of a DECIMAL,`,
      };

const finer = (text: TextKind, source_type: string): Carried => ({ how: 'text', text, source_type, why: 'has times finer than microseconds' });

/** Types of Parquet that DuckDB gives back as they are. What is not here is not read by a guess. */
const CARRIED: Readonly<Record<string, Carried | ((element: SchemaElement) => Carried)>> = {
  BOOLEAN: EXACT,
  INT32: EXACT,
  'INT32 INTEGER': EXACT,
  'INT32 INT_8': EXACT,
  'INT32 INT_16': EXACT,
  'INT32 INT_32': EXACT,
  'INT32 UINT_8': EXACT,
  'INT32 UINT_16': EXACT,
  'INT32 UINT_32': EXACT,
  'INT32 DATE': EXACT,
  'INT32 DECIMAL': decimal,
  'INT32 TIME_MILLIS': EXACT,
  'INT32 TIME MILLIS': EXACT,
  'INT32 TIME MILLIS UTC': EXACT,
  'INT32 NULL': EXACT,
  INT64: EXACT,
  'INT64 INTEGER': EXACT,
  'INT64 INT_64': EXACT,
  'INT64 UINT_64': EXACT,
  'INT64 DECIMAL': decimal,
  'INT64 TIME_MICROS': EXACT,
  'INT64 TIME MICROS': EXACT,
  'INT64 TIME MICROS UTC': EXACT,
  'INT64 TIME NANOS': finer('time', 'TIME(9)'),
  'INT64 TIME NANOS UTC': finer('time', 'TIME(9) WITH TIME ZONE'),
  'INT64 TIMESTAMP_MILLIS': EXACT,
  'INT64 TIMESTAMP_MICROS': EXACT,
  'INT64 TIMESTAMP MILLIS': EXACT,
  'INT64 TIMESTAMP MILLIS UTC': EXACT,
  'INT64 TIMESTAMP MICROS': EXACT,
  'INT64 TIMESTAMP MICROS UTC': EXACT,
  // DuckDB has a type of nanoseconds without a zone only.
  'INT64 TIMESTAMP NANOS': EXACT,
  'INT64 TIMESTAMP NANOS UTC': finer('instant', 'TIMESTAMP(9) WITH TIME ZONE'),
  INT96: finer('timestamp', 'INT96'),
  FLOAT: EXACT,
  DOUBLE: EXACT,
  BYTE_ARRAY: EXACT,
  'BYTE_ARRAY UTF8': EXACT,
  'BYTE_ARRAY STRING': EXACT,
  'BYTE_ARRAY ENUM': EXACT,
  'BYTE_ARRAY JSON': EXACT,
  'BYTE_ARRAY DECIMAL': decimal,
  FIXED_LEN_BYTE_ARRAY: EXACT,
  'FIXED_LEN_BYTE_ARRAY DECIMAL': decimal,
  'FIXED_LEN_BYTE_ARRAY UUID': EXACT,
  'FIXED_LEN_BYTE_ARRAY FLOAT16': EXACT,
  'FIXED_LEN_BYTE_ARRAY INTERVAL': EXACT,
};

/** How a column is carried, by what the file says of it and of all that it is made of. */
export function carried(column: SchemaTree): Carried {
  if (column.children.length > 0) {
    const parts = leaves(column).map(({ element }) => ({ name: element.name, carried: ofElement(element) }));
    const bad = parts.find((part) => part.carried.how !== 'exact');
    if (isVariant(column)) return { how: 'not', why: 'is a VARIANT, which no table of a warehouse can hold' };
    return bad ? { how: 'not', why: `holds values of a type that cannot be kept exactly inside others (${bad.name})` } : EXACT;
  }
  return ofElement(column.element);
}

const isVariant = ({ element, children }: SchemaTree): boolean => element.logical_type?.type === 'VARIANT' || children.some(isVariant);

function ofElement(element: SchemaElement): Carried {
  const rule = CARRIED[nameOf(element)];
  if (rule === undefined) return { how: 'not', why: `is of the Parquet type ${nameOf(element)}, which cannot be kept exactly` };
  return typeof rule === 'function' ? rule(element) : rule;
}

/** The values that a column is made of. */
export const leaves = (column: SchemaTree): SchemaTree[] => (column.children.length === 0 ? [column] : column.children.flatMap(leaves));
