import { messageOf } from '@sluice/core/errors/sluice-error';
import { fingerprint, methodOf } from '../../duckdb/fingerprint.ts';
import type { StepContext } from '../../model.ts';
import { formatName } from '../../names/qualified-name.ts';
import type { DestinationFacts, TableCheck } from '../destination.ts';
import { qualify } from '../qualify.ts';
import { isNotThere } from './errors.ts';
import type { Lake } from './lake.ts';
import { openLake, type Place } from './open-lake.ts';
import { presentTables, readCandidates } from './present.ts';

const CHECKS = 3;

/** Second clean-up: random tables are read again and checked, and what is older than the lake keeps is let go. */
export async function publishLake(place: Place, context: StepContext, random = Math.random): Promise<DestinationFacts> {
  const file = place.name;
  const { log, signal } = context;
  try {
    return await openLake(place, { access: 'write', signal }, async (lake) => {
      const present = await presentTables(lake);
      const checks = present.length === 0 ? [] : await checkTables(lake, random);
      for (const { table, method, equal } of checks) {
        if (equal) log.info('checked', { table, method });
        else log.warn('a table is not as it was loaded: somebody has changed it', { table, method });
      }
      await letGo(lake, context);
      return { file, bytes: await bytesOf(lake), checks, compacted: null, present };
    });
  } catch (error) {
    if (isNotThere(error)) return { file, bytes: 0, checks: [], compacted: null, present: [] };
    throw error;
  }
}

async function checkTables(lake: Lake, random: () => number): Promise<TableCheck[]> {
  const chosen = (await readCandidates(lake))
    .map((table) => ({ table, order: random() }))
    .sort((a, b) => a.order - b.order)
    .slice(0, CHECKS);
  const checks: TableCheck[] = [];
  for (const { table } of chosen) {
    const method = methodOf(table.expected);
    checks.push({ table: formatName(table), method, equal: (await fingerprint(lake, qualify(table), method)) === table.expected });
  }
  return checks;
}

/**
 * Snapshots that are older than the lake says, and after a while files that none has any more. A lake that says nothing keeps all: it may
 * be somebody's own, with a history that is wanted. What cannot be let go stays until the next time.
 */
async function letGo(lake: Lake, { log, signal }: StepContext): Promise<void> {
  try {
    const said = await lake.rows(`from warehouse.options() where option_name = 'expire_older_than' and scope = 'GLOBAL'`);
    if (said.length === 0) return;
    const expired = await lake.rows("call ducklake_expire_snapshots('warehouse')");
    const removed = await lake.rows("call ducklake_cleanup_old_files('warehouse')");
    if (expired.length + removed.length > 0) log.info('let go of the past', { snapshots: expired.length, files: removed.length });
  } catch (error) {
    signal.throwIfAborted();
    log.warn('old snapshots of the lake were not let go', { error: messageOf(error) });
  }
}

async function bytesOf(lake: Lake): Promise<number> {
  const [row] = await lake.rows<{ bytes: number }>(
    "select coalesce(sum(file_size_bytes + delete_file_size_bytes), 0)::double as bytes from ducklake_table_info('warehouse')",
  );
  return row?.bytes ?? 0;
}
