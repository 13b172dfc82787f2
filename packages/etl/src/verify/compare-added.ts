import type { ColumnSums, TableSums } from '../model.ts';
import { addNumbers } from '../types/table-sums.ts';
import { compareSums, type Difference } from './compare.ts';

/**
 * What differs between the sums of a table and those of the rows that it had together with those that were added. Bounds are md5 sums,
 * of which nobody can tell the smaller one: the table's must be one of the two.
 */
export function compareAdded(before: TableSums, added: TableSums, now: TableSums): Difference[] {
  const names = new Set([...Object.keys(before.columns), ...Object.keys(added.columns)]);
  const columns = Object.fromEntries(
    [...names].map((name) => [name, addColumn(before.columns[name] ?? {}, added.columns[name] ?? {}, now.columns[name] ?? {})]),
  );
  return compareSums({ rows: before.rows + added.rows, columns, checksum: addNumbers(before.checksum, added.checksum) }, now);
}

function addColumn(before: ColumnSums, added: ColumnSums, now: ColumnSums): ColumnSums {
  const sums = Object.keys({ ...before, ...added }).map((sum): [string, string | null] => {
    const [a, b] = [before[sum] ?? null, added[sum] ?? null];
    if (sum !== 'min' && sum !== 'max') return [sum, addNumbers(a, b)];
    return [sum, b !== null && now[sum] === b ? b : (a ?? b)];
  });
  return Object.fromEntries(sums);
}
