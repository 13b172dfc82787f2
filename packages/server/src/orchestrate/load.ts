import { FLOW_RUN_NEEDS, TASK_RUN_NEEDS } from '@sluice/core/orchestration/needs';
import type { Sql } from '../db/database.ts';
import type { Change } from './change.ts';
import { loadExpired } from './load-expired.ts';
import { FLOW_RUN_LOADERS, type Loaders, TASK_RUN_LOADERS } from './loaders.ts';
import { lockRows } from './lock-rows.ts';
import type { WorkingSet } from './working-set.ts';

/** The set, and the changes as they are about its runs: a create whose keys are taken is about the run that has them. */
interface Loaded {
  readonly set: WorkingSet;
  readonly changes: readonly Change[];
}

/**
 * Locks the rows of a batch and reads what its rules need to know. Rows that others hold are missing from the set. Nearly all
 * batches take one round trip; limits are locked after the runs, everywhere.
 */
export async function load(sql: Sql, changes: readonly Change[]): Promise<Loaded> {
  const { set, resolved } = await lockRows(sql, changes);
  const flowChanges = resolved.filter((change) => change.kind === 'flow_run');
  const taskChanges = resolved.filter((change) => change.kind === 'task_run');
  await Promise.all([
    ...loadNeeds(FLOW_RUN_LOADERS, FLOW_RUN_NEEDS, { sql, changes: flowChanges, set }),
    loadExpired(sql, flowChanges, set),
    ...loadNeeds(TASK_RUN_LOADERS, TASK_RUN_NEEDS, { sql, changes: taskChanges, set }),
  ]);
  return { set, changes: resolved };
}

/** Each loader gets the changes that need it. */
function loadNeeds<N extends string, C extends Change>(
  loaders: Loaders<N, C>,
  needs: { readonly [to in Change['proposed']['type']]: ReadonlySet<N> },
  { sql, changes, set }: { sql: Sql; changes: readonly C[]; set: WorkingSet },
): Promise<void>[] {
  return (Object.keys(loaders) as N[]).flatMap((need) => {
    const needing = changes.filter(({ proposed }) => needs[proposed.type].has(need));
    return needing.length > 0 ? loaders[need](sql, needing, set) : [];
  });
}
