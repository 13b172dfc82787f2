import type { Sql } from '../db/database.ts';
import { lockFlowRuns, lockTaskRuns } from '../store/lock-runs.ts';
import { readOpenChildrenOf, readOpenTaskRuns } from '../store/open-inside.ts';
import { noteChild, noteTaskRun, type WorkingSet } from './working-set.ts';

/** What is still open in flow runs that may end now, to be ended with them. Nearly always nothing, as was seen when they were locked. */
export async function loadInside(sql: Sql, set: WorkingSet): Promise<void> {
  let open = set.openTaskRuns;
  while (open.length > 0) {
    const ids = open.map(({ id }) => id);
    const children = await readOpenChildrenOf(sql, ids);
    const subflows = children.flatMap(({ id, subflow }) => (subflow ? id : []));
    const [flowRuns, taskRuns] = await Promise.all([
      subflows.length > 0 ? lockFlowRuns(sql, { ids: subflows, keys: [] }) : [],
      lockTaskRuns(sql, { ids: ids.filter((id) => !set.taskRuns.has(id)), keys: [] }),
    ]);
    for (const { run } of flowRuns) set.flowRuns.set(run.id, run);
    for (const run of taskRuns) set.taskRuns.set(run.id, run);
    for (const { flow_run_id, id } of open) noteTaskRun(set, flow_run_id, id);
    for (const { id, parent_task_run_id, subflow } of children) noteChild(set, parent_task_run_id, subflow ? id : null);
    open = subflows.length > 0 ? await readOpenTaskRuns(sql, subflows) : [];
  }
}
