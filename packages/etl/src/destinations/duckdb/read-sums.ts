import { duckdbSumsQuery, readDuckdbSums } from '../../duckdb/sums.ts';
import type { TablePlan, TableSums, VerifyLevel } from '../../model.ts';
import type { Warehouse } from './warehouse.ts';

/** Counts and sums of a relation that has the planned columns, to compare with those of the source. */
export async function readSums(warehouse: Warehouse, relation: string, plan: TablePlan, verify: VerifyLevel): Promise<TableSums> {
  const [row] = await warehouse.rows<{ sums: (string | null)[] }>(duckdbSumsQuery(plan, relation, verify));
  return readDuckdbSums(plan, row?.sums ?? []);
}
