import type { ColumnPlan } from '../../model.ts';
import { type FoundValue, NoText } from './rows.ts';

/** From here on the text of a bad row has the length in the place of a value. */
const SHOWN = 100_000;

/** Why a value is not one of its column. */
export function reasonOf(value: FoundValue, neutral: string): string {
  if (value instanceof NoText) return 'it is a text whose bytes are none';
  return `it is ${kindOf(value)}, and none of ${neutral}`;
}

function kindOf(value: FoundValue): string {
  if (typeof value === 'bigint') return 'a whole number';
  if (typeof value === 'number') return 'a float';
  return typeof value === 'string' ? 'a text' : 'a blob';
}

/** The values of a row as one text, with the names of their columns. */
export const rawRow = (columns: readonly ColumnPlan[], row: readonly FoundValue[]): string =>
  JSON.stringify(Object.fromEntries(columns.map(({ source_name }, index) => [source_name, shown(row[index] ?? null)])));

function shown(value: FoundValue): string | number | null {
  if (value === null) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'string') return value.length > SHOWN ? `(${value.length} characters)` : value;
  const bytes = value instanceof NoText ? value.bytes : value;
  return bytes.length > SHOWN ? `(${bytes.length} bytes)` : `x'${Buffer.from(bytes).toString('hex')}'`;
}
