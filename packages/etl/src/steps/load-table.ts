import { stat } from 'node:fs/promises';
import type { RunContext } from '@sluice/sdk';
import { commitLoad } from '../destinations/duckdb/commit.ts';
import type { Load } from '../model.ts';
import type { ExtractedTable } from './extract-table.ts';
import { withWarehouse } from './with-warehouse.ts';

/** Whether the parts of an extracted table are on this machine. */
export async function isHere({ extract }: ExtractedTable): Promise<boolean> {
  const sizes = await Promise.all(extract.parts.map(({ file }) => stat(file).then(({ size }) => size, () => -1)));
  return extract.parts.every(({ bytes }, index) => sizes[index] === bytes);
}

/** Verifies an extracted table and commits it to the warehouse: the body of a task. */
export async function loadTable({ extract, verify, warehouse }: ExtractedTable, context: RunContext): Promise<Load> {
  const { signal, run, log } = context;
  const load = await withWarehouse(warehouse, signal, (token) => commitLoad({ warehouse, extract, verify, token, flow_run_id: run.flow_run_id, context }));
  const { table, rows_loaded, rows_quarantined, verified, outcome } = load;
  log.info('loaded', { table, rows: rows_loaded, quarantined: rows_quarantined, verified, outcome });
  return load;
}
