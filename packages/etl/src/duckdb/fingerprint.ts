import { withOneZero } from './zeros.ts';

/** A DuckDB that is asked. */
interface Asked {
  rows<R>(sql: string): Promise<R[]>;
}

/** Up to so many values md5 costs less than 10 ms; a larger table gets DuckDB's own 64-bit hash, at a tenth of the cost. */
const MD5_VALUES = 50_000;

const METHODS = {
  md5: `md5_number_lower(${withOneZero('row(*columns(*))::varchar')})`,
  hash: 'hash(*columns(*))',
} as const;

type Method = keyof typeof METHODS;

/**
 * A fingerprint of a table as DuckDB holds it: `md5@v1.5.5:7658949105228150852`, the sum over the rows, so that their order does
 * not matter and a doubled row does. It is taken when a load is committed and compared when the warehouse is checked: equal ones say
 * that the file still gives every row that was verified then. The two zeros of a float count as one, as in DuckDB's own hash. Another release of DuckDB may hash and print values differently.
 */
export async function fingerprint(warehouse: Asked, table: string, method: Method): Promise<string> {
  const [row] = await warehouse.rows<{ made: string }>(
    `select '${method}@' || version() || ':' || coalesce(sum(${METHODS[method]}), 0) as made from ${table}`,
  );
  return row?.made ?? '';
}

export const methodFor = (rows: number, columns: number): Method => (rows * columns <= MD5_VALUES ? 'md5' : 'hash');

export const methodOf = (made: string): Method => (made.startsWith('md5@') ? 'md5' : 'hash');
