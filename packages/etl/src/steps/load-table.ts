import { hostname } from 'node:os';
import { isSluiceError } from '@sluice/core/errors/sluice-error';
import { expectSettings, type RunContext } from '@sluice/sdk';
import { destinationAt } from '../destinations/table.ts';
import { forgetLoad } from '../home.ts';
import type { Load } from '../model.ts';
import type { ExtractedTable } from './extract-table.ts';
import { unpack } from './packed.ts';
import { tellLoad } from './tell-load.ts';
import { withLease } from './with-lease.ts';

/** Whether a load failed for its parts: they are on another machine, or are not what the source held. Reading again may help. */
export const isForParts = (error: unknown): boolean => isSluiceError(error) && (error.code === 'PARTS_MISSING' || error.code === 'TABLE_UNVERIFIED');

/** Verifies an extracted table and commits it to its destination: the body of a task. */
export async function loadTable({ extract: packed, verify, warehouse, overwrite }: ExtractedTable, context: RunContext): Promise<Load> {
  const extract = unpack(packed);
  const { signal, run, log } = context;
  const { preview_rows, home } = expectSettings();
  const destination = destinationAt(warehouse, home);
  const committed = await withLease(destination, signal, (token) =>
    destination.commit({ extract, verify, overwrite, token, flow_run_id: run.flow_run_id, preview_rows, context }),
  );
  await forgetLoad(home, extract.load_id);
  const load = await tellLoad({ load: committed, extract, destination }, context);
  const { table, rows_loaded, rows_quarantined, verified, outcome } = load;
  log.info('loaded', { table, rows: rows_loaded, quarantined: rows_quarantined, verified, outcome });
  const { snapshot, lane } = extract;
  return { ...load, host: hostname(), ...(snapshot && { snapshot }), ...(lane && { lane }) };
}
