import type { ColumnSums, TableSums } from '../model.ts';

/** One thing that the warehouse holds otherwise than the source did. */
export interface Difference {
  /** Null: the whole table. */
  readonly column: string | null;
  readonly sum: string;
  readonly source: string;
  readonly warehouse: string;
}

/** What differs between the sums of the rows as they were read and those of the table; empty when nothing does. */
export function compareSums(source: TableSums, warehouse: TableSums): Difference[] {
  // No rows have no sums; a source may not even have computed them.
  if (source.rows === 0 && warehouse.rows === 0) return [];
  const names = new Set([...Object.keys(source.columns), ...Object.keys(warehouse.columns)]);
  return [
    ...compare(null, { rows: `${source.rows}`, checksum: source.checksum }, { rows: `${warehouse.rows}`, checksum: warehouse.checksum }),
    ...[...names].flatMap((name) => compare(name, source.columns[name] ?? {}, warehouse.columns[name] ?? {})),
  ];
}

function compare(column: string | null, source: ColumnSums, warehouse: ColumnSums): Difference[] {
  const sums = new Set([...Object.keys(source), ...Object.keys(warehouse)]);
  return [...sums]
    .filter((sum) => source[sum] !== warehouse[sum])
    .map((sum) => ({ column, sum, source: inWords(source[sum]), warehouse: inWords(warehouse[sum]) }));
}

/** A sum that only one side has is a difference too: otherwise a forgotten one would pass for an equal one. */
const inWords = (value: string | null | undefined): string => (value === undefined ? 'not computed' : (value ?? 'null'));

const SHOWN = 5;

/** `rows: 10 in the source, 9 in the warehouse; column "price", sum: …`. */
export function describeDifferences(differences: readonly Difference[]): string {
  const shown = differences.slice(0, SHOWN).map(({ column, sum, source, warehouse }) => {
    const place = column === null ? sum : `column "${column}", ${sum}`;
    return `${place}: ${source} in the source, ${warehouse} in the warehouse`;
  });
  const more = differences.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
