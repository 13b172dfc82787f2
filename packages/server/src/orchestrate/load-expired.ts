import type { Sql } from '../db/database.ts';
import { lockExpired } from '../store/leases.ts';
import type { FlowRunChange } from './change.ts';
import type { WorkingSet } from './working-set.ts';

/** Whether leases that the reaper would end are over, now that no beat can prolong them. */
export async function loadExpired(sql: Sql, changes: readonly FlowRunChange[], set: WorkingSet): Promise<void> {
  const reaped = changes.flatMap(({ id, reap }) => (reap ? id : []));
  if (reaped.length === 0) return;
  const expired = await lockExpired(sql, reaped);
  for (const id of reaped) {
    const lease = set.leases.get(id);
    if (lease) set.leases.set(id, { ...lease, expired: expired.has(id) });
  }
}
