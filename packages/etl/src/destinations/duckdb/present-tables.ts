import { existsSync } from 'node:fs';
import { isSluiceError } from '@sluice/core/errors/sluice-error';
import type { PresentTable } from '../destination.ts';
import { LEDGER_ROWS } from './ledger.ts';
import { openWarehouse } from './open.ts';
import { hasLedger } from './read.ts';
import type { Warehouse } from './warehouse.ts';

export async function presentTables(warehouse: Warehouse): Promise<PresentTable[]> {
  if (!(await hasLedger(warehouse))) return [];
  return warehouse.rows(
    `select schema_name as schema, table_name as name, arg_max_null(source, committed_at) as source, arg_max(flow_run_id, committed_at) as flow_run_id,
       arg_max(rows_loaded, committed_at)::double as rows, strftime(max(committed_at), '%Y-%m-%dT%H:%M:%SZ') as loaded
     from ${LEDGER_ROWS}
     where (schema_name, table_name) in (select (schema_name, table_name) from duckdb_tables() where database_name = 'warehouse')
     group by all order by all`,
  );
}

/** The same of a file; none where there is no file, and where a load is being committed just now: who asks is warned early, not late. */
export async function presentTablesOf(file: string, signal: AbortSignal): Promise<PresentTable[]> {
  if (!existsSync(file)) return [];
  try {
    return await openWarehouse({ file, access: 'read', waitMs: 0, signal }, presentTables);
  } catch (error) {
    if (isSluiceError(error) && error.code === 'WAREHOUSE_LOCKED') return [];
    throw error;
  }
}
