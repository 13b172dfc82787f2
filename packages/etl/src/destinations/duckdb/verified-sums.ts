import { duckdbSumsQuery, readDuckdbSums } from '../../duckdb/sums.ts';
import type { Extract, TableSums, VerifyLevel } from '../../model.ts';
import { refuseDifferences } from '../refuse-differences.ts';
import type { Warehouse } from './warehouse.ts';

/** The destination's half of the verification: counts and sums of a table that was just written, refused where they are not those of its extract. */
export async function verifiedSums(warehouse: Warehouse, table: string, extract: Extract, verify: VerifyLevel): Promise<TableSums> {
  const [row] = await warehouse.rows<{ sums: (string | null)[] }>(duckdbSumsQuery(extract.plan, table, verify));
  const sums = readDuckdbSums(extract.plan, row?.sums ?? []);
  refuseDifferences(extract, sums);
  return sums;
}
