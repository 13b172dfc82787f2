import { SluiceError } from '@sluice/core/errors/sluice-error';
import { duckdbSumsQuery, readDuckdbSums } from '../../duckdb/sums.ts';
import type { Extract, TableSums, VerifyLevel } from '../../model.ts';
import { compareSums, type Difference, describeDifferences } from '../../verify/compare.ts';
import type { Warehouse } from './warehouse.ts';

/** The destination's half of the verification: counts and sums of a table that was just written, refused where they are not those of its extract. */
export async function verifiedSums(warehouse: Warehouse, table: string, extract: Extract, verify: VerifyLevel): Promise<TableSums> {
  const [row] = await warehouse.rows<{ sums: (string | null)[] }>(duckdbSumsQuery(extract.plan, table, verify));
  const sums = readDuckdbSums(extract.plan, row?.sums ?? []);
  refuseDifferences(extract, sums);
  return sums;
}

/** Counts first: rows read = rows of the parts + bad rows, and the table has as many as the parts. Then the sums of every column. */
function refuseDifferences({ plan, parts, rows_read, rows_quarantined, sums }: Extract, loaded: TableSums): void {
  const inParts = parts.reduce((rows, part) => rows + part.rows, 0);
  const count = (sum: string, source: number, warehouse: number): Difference[] =>
    source === warehouse ? [] : [{ column: null, sum, source: `${source}`, warehouse: `${warehouse}` }];
  const differences = [
    ...count('rows read without bad rows', rows_read - rows_quarantined, loaded.rows),
    ...count('rows of the parts', inParts, loaded.rows),
    ...compareSums(sums, loaded),
  ];
  if (differences.length === 0) return;
  throw new SluiceError('TABLE_UNVERIFIED', `${plan.table} is not what the source held: ${describeDifferences(differences)}.`, {
    hint: 'The warehouse is as it was before. Read the table again; if it differs again, report it with the types of its columns.',
    details: differences.slice(0, 100),
  });
}
