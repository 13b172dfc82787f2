type Columns = readonly (readonly [name: string, type: string])[];

/** What is told of a bad row, wherever it was found: names, as SQL takes them, and types. */
export const BAD_ROW_FACTS = [
  // Number of the part that its neighbours are in, and the line of the source file where it begins.
  ['chunk', 'INTEGER'],
  ['line', 'BIGINT'],
  ['column_name', 'VARCHAR'],
  ['reason', 'VARCHAR'],
  // The row as the source has it.
  ['raw', 'VARCHAR'],
  ['"at"', 'TIMESTAMPTZ'],
] as const satisfies Columns;

/** Columns of the file of bad rows that an extract leaves. */
export const BAD_ROW_COLUMNS = [['load_id', 'VARCHAR'], ['table_name', 'VARCHAR'], ...BAD_ROW_FACTS] as const satisfies Columns;

/** As they stand in a `create table`. */
export const declared = (columns: Columns): string => columns.map(([name, type]) => `${name} ${type}`).join(', ');

/** As they stand in a `select`. */
export const listed = (columns: Columns): string => columns.map(([name]) => name).join(', ');
