import { isFinal } from '@sluice/core/model/state-type';
import { MAX_THROWN_AWAY } from '@sluice/core/orchestration/behind-task';
import type { Sql } from '../db/database.ts';
import { readBehind, resultsOf } from '../store/behind-task.ts';
import { lockFlowRuns, lockTaskRuns } from '../store/lock-runs.ts';
import type { FlowRunChange } from './change.ts';
import type { WorkingSet } from './working-set.ts';

/** Locks what restarts throw away. What is too much is only counted: the rules refuse it. */
export async function loadBehind(sql: Sql, changes: readonly FlowRunChange[], set: WorkingSet): Promise<void> {
  for (const { id, restart } of changes) {
    if (!restart || !isFinal(set.flowRuns.get(id)?.state?.type)) continue;
    const behind = await readBehind(sql, id, restart.from_task_run_id);
    set.behind.set(id, behind);
    if (resultsOf(behind) > MAX_THROWN_AWAY) continue;
    const flowRuns = await lockFlowRuns(sql, { ids: behind.flow_runs, keys: [] });
    for (const { run } of flowRuns) set.flowRuns.set(run.id, run);
    for (const run of await lockTaskRuns(sql, { ids: behind.task_runs, keys: [] })) set.taskRuns.set(run.id, run);
  }
}
