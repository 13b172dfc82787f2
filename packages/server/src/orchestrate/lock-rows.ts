import { FLOW_RUN_NEEDS } from '@sluice/core/orchestration/needs';
import type { Sql } from '../db/database.ts';
import { flowRunKey, lockFlowRuns, lockParents, lockTaskRuns, readClock, taskRunKey } from '../store/lock-runs.ts';
import type { NewFlowRun, NewTaskRun } from '../store/new-runs.ts';
import { readOpenTaskRuns } from '../store/open-inside.ts';
import type { Change } from './change.ts';
import { present } from './present.ts';
import { emptySet, type WorkingSet } from './working-set.ts';

const keyOfFlowRun = ({ flow_id, idempotency_key }: Pick<NewFlowRun, 'flow_id' | 'idempotency_key'>) =>
  idempotency_key === null ? [] : [{ flow_id, idempotency_key }];
const keyOfTaskRun = ({ flow_run_id, task_key, dynamic_key }: Pick<NewTaskRun, 'flow_run_id' | 'task_key' | 'dynamic_key'>) =>
  flow_run_id === null ? [] : [{ flow_run_id, task_key, dynamic_key }];

/** Locks the runs that changes are about, and looks at those around them. */
export async function lockRows(sql: Sql, changes: readonly Change[]): Promise<{ set: WorkingSet; resolved: Change[] }> {
  const flowChanges = changes.filter((change) => change.kind === 'flow_run');
  const taskChanges = changes.filter((change) => change.kind === 'task_run');
  const flowRunIds = present(flowChanges.map(({ id }) => id));
  const taskRunIds = present(taskChanges.map(({ id }) => id));
  // Looked at only: the flow runs around tasks, and those whose holders write about something else.
  const lookedAt = present([...taskChanges.map(({ create }) => create?.flow_run_id), ...changes.map(({ writer }) => writer?.flow_run_id)]);
  for (const id of flowRunIds) lookedAt.delete(id);
  const flowRunKeys = flowChanges.flatMap(({ create }) => (create ? keyOfFlowRun(create) : []));
  const taskRunKeys = taskChanges.flatMap(({ create }) => (create ? keyOfTaskRun(create) : []));

  // A run that is made now has nothing in it.
  const ending = flowChanges.flatMap(({ id, create, proposed }) => (create === null && FLOW_RUN_NEEDS[proposed.type].has('inside') ? id : []));

  const [flowRuns, parents, taskRuns, openTaskRuns, now] = await Promise.all([
    flowChanges.length > 0 ? lockFlowRuns(sql, { ids: flowRunIds, keys: flowRunKeys }) : [],
    taskChanges.length + lookedAt.size > 0 ? lockParents(sql, lookedAt, taskRunIds, flowRunIds) : [],
    taskChanges.length > 0 ? lockTaskRuns(sql, { ids: taskRunIds, keys: taskRunKeys }) : [],
    ending.length > 0 ? readOpenTaskRuns(sql, ending) : [],
    readClock(sql),
  ]);
  const found = [...parents, ...flowRuns];
  const set: WorkingSet = {
    ...emptySet(now),
    openTaskRuns,
    flowRuns: new Map(found.map(({ run }) => [run.id, run])),
    taskRuns: new Map(taskRuns.map((run) => [run.id, run])),
    leases: new Map(found.flatMap(({ lease }) => (lease ? [[lease.flow_run_id, lease]] : []))),
  };
  return { set, resolved: changes.map(resolver(set)) };
}

/** Points a create whose keys are taken at the run that has them. */
function resolver({ flowRuns, taskRuns }: WorkingSet): (change: Change) => Change {
  const flowRunIds = new Map([...flowRuns.values()].flatMap((run) => keyOfFlowRun(run).map((key) => [flowRunKey(key), run.id])));
  const taskRunIds = new Map([...taskRuns.values()].flatMap((run) => keyOfTaskRun(run).map((key) => [taskRunKey(key), run.id])));
  return (change) => {
    if (!change.create) return change;
    const [key] = change.kind === 'flow_run' ? keyOfFlowRun(change.create).map(flowRunKey) : keyOfTaskRun(change.create).map(taskRunKey);
    const id = key && (change.kind === 'flow_run' ? flowRunIds : taskRunIds).get(key);
    return id ? { ...change, id } : change;
  };
}
