import { createHash } from 'node:crypto';
import type { ColumnSums, TableSums } from '../model.ts';

/** An aggregate and where its result belongs. */
export interface SumExpression {
  readonly column: string;
  readonly sum: string;
  readonly sql: string;
}

/** Puts results where they belong, in the order of their expressions. */
export function readSums(expressions: readonly SumExpression[], values: readonly (string | null)[]): TableSums['columns'] {
  const columns = Map.groupBy(expressions.entries(), ([, { column }]) => column);
  return Object.fromEntries(
    [...columns].map(([column, entries]) => [column, Object.fromEntries(entries.map(([index, { sum }]) => [sum, values[index] ?? null]))]),
  );
}

/** Sums of the rows of two parts of a table together; no rows have no columns. Bounds are still the texts themselves. */
export function addSums(a: TableSums, b: TableSums): TableSums {
  const names = new Set([...Object.keys(a.columns), ...Object.keys(b.columns)]);
  const columns = [...names].map((name) => [name, addColumn(a.columns[name] ?? {}, b.columns[name] ?? {})] as const);
  return { rows: a.rows + b.rows, columns: Object.fromEntries(columns), checksum: addNumbers(a.checksum, b.checksum) };
}

/** The md5 of a bound stands for it: what is in a table does not belong into the results of a run. */
export function sealSums(sums: TableSums): TableSums {
  const columns = Object.entries(sums.columns).map(([name, column]) => {
    const sealed = Object.entries(column).map(([sum, value]) => [sum, sum in BOUNDS && value !== null ? md5(value) : value] as const);
    return [name, Object.fromEntries(sealed)] as const;
  });
  return { ...sums, columns: Object.fromEntries(columns) };
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** By bytes, as the engines compare: JavaScript's own order is by UTF-16. */
const compare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

const BOUNDS = {
  min: (a: string, b: string) => (compare(a, b) <= 0 ? a : b),
  max: (a: string, b: string) => (compare(a, b) >= 0 ? a : b),
};

const addColumn = (a: ColumnSums, b: ColumnSums): ColumnSums =>
  Object.fromEntries(Object.keys({ ...a, ...b }).map((sum) => [sum, combine(sum, a[sum] ?? null, b[sum] ?? null)]));

function combine(sum: string, a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return sum === 'min' || sum === 'max' ? BOUNDS[sum](a, b) : addNumbers(a, b);
}

/** Adds two decimals of the same scale, exactly. */
export function addNumbers(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  const scale = a.split('.')[1]?.length ?? 0;
  const total = BigInt(a.replace('.', '')) + BigInt(b.replace('.', ''));
  if (scale === 0) return String(total);
  const digits = String(total < 0n ? -total : total).padStart(scale + 1, '0');
  return `${total < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
