import { withEnoughMemory } from '../../duckdb/memory.ts';
import type { SeenLoad, WriteRequest } from '../destination.ts';
import { commitFault } from '../duckdb-faults.ts';
import { type Outcome, removeParts } from '../outcome.ts';
import { seeLoad } from '../see.ts';
import { giveBack } from './give-back.ts';
import { LEDGER } from './ledger.ts';
import { openWarehouse } from './open.ts';
import { readRows } from './quarantine.ts';
import type { Warehouse } from './warehouse.ts';

export interface FileWrite extends WriteRequest {
  /** Path of the file. */
  readonly warehouse: string;
  /** How long another process that has the file open is waited for. Default 30 s. */
  readonly waitMs?: number | undefined;
}

/** Opens the file, does all of it in one transaction or nothing, and looks at what stands there then. */
export async function writeLoad(request: FileWrite, settle: (warehouse: Warehouse) => Promise<Outcome>): Promise<SeenLoad> {
  const { extract, context } = request;
  const total = extract.rows_read - extract.rows_quarantined;
  const started = performance.now();
  context.progress({ done: 0, total, label: 'loading' });
  const { outcome, seen } = await openWarehouse(
    { file: request.warehouse, access: 'write', values: total * extract.plan.columns.length, waitMs: request.waitMs, signal: context.signal },
    async (warehouse) => {
      const done = await withEnoughMemory(warehouse, () => warehouse.transaction(() => settle(warehouse)));
      return { outcome: done, seen: await seeLoad(warehouse, { ledger: LEDGER, readRows }, done, request) };
    },
  ).catch(async (error: unknown) => {
    // Best effort: the second clean-up does it too.
    await giveBack(request.warehouse).catch(() => {});
    context.signal.throwIfAborted();
    throw commitFault(error, extract.plan.table);
  });
  context.progress({ done: total, total, label: 'loading' });
  await removeParts(extract);
  return { ...outcome, table: extract.plan.table, target: extract.plan.target, seconds: (performance.now() - started) / 1000, seen };
}
