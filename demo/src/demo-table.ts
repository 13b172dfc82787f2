/** A value on its way into a column. Arrays go into array columns, objects into `jsonb`. */
export type Cell = string | number | boolean | null | readonly Cell[] | { readonly [key: string]: unknown };

export type Row = readonly Cell[];

export interface DemoColumn {
  readonly name: string;
  /** As PostgreSQL calls it. */
  readonly type: string;
}

/** Where the rows of a table come from, and what holds them in PostgreSQL. */
export interface TableContent {
  readonly columns: readonly DemoColumn[];
  /** Columns of the primary key; a table may have none. */
  readonly key?: readonly string[];
  readonly rows: () => Promise<Iterable<Row>>;
  /** A faster way than by rows: writes the share as a CSV file. */
  readonly writeCsv?: (file: string, share: number) => Promise<void>;
}

/** `{ id: 'integer' }` as columns, in this order. */
export const columns = (types: Readonly<Record<string, string>>): DemoColumn[] => Object.entries(types).map(([name, type]) => ({ name, type }));

/** Whether a row is in the share that is taken: always the same rows, spread evenly, and the first one. */
const isSampled = (row: number, share: number): boolean => Math.floor(row * share) > Math.floor((row - 1) * share);

const FEWEST_ROWS = 5;

/** Small tables keep a handful of rows whatever the share. */
export const shareOf = (rows: number, sample: number): number => Math.min(1, Math.max(sample, FEWEST_ROWS / rows));

/** The rows of the share. */
export function* sampled<T>(rows: Iterable<T>, share: number): Generator<T> {
  let row = 0;
  for (const each of rows) if (isSampled(row++, share)) yield each;
}
