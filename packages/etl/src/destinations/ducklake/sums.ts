import { fingerprint, methodFor } from '../../duckdb/fingerprint.ts';
import { duckdbSumsQuery, readDuckdbSums } from '../../duckdb/sums.ts';
import type { TablePlan, TableSums, VerifyLevel } from '../../model.ts';
import { qualify } from '../qualify.ts';
import type { Lake } from './lake.ts';
import { readBack } from './types.ts';

/** Counts and sums of a table as it stands in the lake. */
export async function sumsOf(lake: Lake, plan: TablePlan, verify: VerifyLevel): Promise<TableSums> {
  const [row] = await lake.rows<{ sums: (string | null)[] }>(duckdbSumsQuery(plan, readBack(plan, qualify(plan.target)), verify));
  return readDuckdbSums(plan, row?.sums ?? []);
}

/** What its rows are known by when the lake is looked at later. */
export const fingerprintOf = (lake: Lake, plan: TablePlan, rows: number): Promise<string> =>
  fingerprint(lake, qualify(plan.target), methodFor(rows, plan.columns.length));
