import type { Sql } from '../db/database.ts';
import { readMaxClaims } from '../store/deployments.ts';
import { readLeases } from '../store/leases.ts';
import { lockFlowRuns, lockTaskRuns, readClock } from '../store/lock-runs.ts';
import { countPlaces, countTags, countWorkers } from '../store/slot-counts.ts';
import type { Change, FlowRunChange } from './change.ts';
import type { WorkingSet } from './working-set.ts';

const present = <T>(values: Iterable<T | null | undefined>): Set<T> => new Set([...values].filter((value) => value != null) as T[]);

const proposes = (change: Change, type: string) => change.proposed?.type === type;

/**
 * Locks the rows of a batch (flow runs by id, then task runs by id, then limits by id, everywhere) and reads what its rules
 * need to know. Rows that others hold are missing from the set.
 */
export async function loadWorkingSet(sql: Sql, changes: readonly Change[]): Promise<WorkingSet> {
  const flowChanges = changes.filter((change) => change.kind === 'flow_run');
  const changed = present(flowChanges.map(({ id }) => id));

  // Parents of tasks are only looked at. Of a task run that exists the flow run is not known yet: it is read with the first lock.
  const taskChanges = changes.filter((change) => change.kind === 'task_run');
  const parents = present(taskChanges.map(({ create, writer }) => create?.flow_run_id ?? writer?.flow_run_id));
  const holders = present(changes.map(({ writer }) => writer?.flow_run_id));
  const flowRuns = await lockFlowRuns(sql, changed, 'update');
  const mirrored = present([...flowRuns.map((run) => run.parent_task_run_id), ...flowChanges.map(({ create }) => create?.parent_task_run_id)]);
  const taskRuns = await lockTaskRuns(sql, new Set([...taskChanges.map(({ id }) => id), ...mirrored]));
  for (const run of taskRuns) if (run.flow_run_id) parents.add(run.flow_run_id);
  const looked = [...parents].filter((id) => !changed.has(id));

  const set: WorkingSet = {
    now: 0,
    flowRuns: new Map(flowRuns.map((run) => [run.id, run])),
    taskRuns: new Map(taskRuns.map((run) => [run.id, run])),
    leases: new Map(),
    places: new Map(),
    tags: new Map(),
    maxClaims: new Map(),
  };
  const [shared, leases] = await Promise.all([
    looked.length > 0 ? lockFlowRuns(sql, looked, 'share') : [],
    readLeases(
      sql,
      new Set([...changed, ...parents, ...holders]),
      flowChanges.some(({ reap }) => reap),
    ),
    loadPlaces(sql, flowChanges, set),
    loadTags(sql, taskChanges, set),
    loadMaxClaims(sql, flowChanges, set),
  ]);
  for (const run of shared) set.flowRuns.set(run.id, run);
  for (const lease of leases) set.leases.set(lease.flow_run_id, lease);
  set.now = await readClock(sql);
  return set;
}

async function loadPlaces(sql: Sql, changes: readonly FlowRunChange[], set: WorkingSet): Promise<void> {
  const starting = changes.filter((change) => proposes(change, 'PENDING'));
  if (starting.length === 0) return;
  const runs = starting.flatMap(({ id, create }) => create ?? set.flowRuns.get(id) ?? []);
  const claims = starting.flatMap(({ claim }) => claim ?? []);
  const [places, workers] = await Promise.all([
    countPlaces(sql, present(runs.map((run) => run.work_queue_id)), present(runs.map((run) => run.deployment_id))),
    countWorkers(sql, new Set(claims.map(({ worker_id }) => worker_id))),
  ]);
  for (const place of places) set.places.set(place.id, place);
  for (const { worker_id, worker_name, worker_limit } of claims) {
    set.places.set(worker_id, { kind: 'worker', id: worker_id, name: worker_name, limit: worker_limit, used: workers.get(worker_id) ?? 0 });
  }
}

async function loadTags(sql: Sql, changes: readonly Extract<Change, { kind: 'task_run' }>[], set: WorkingSet): Promise<void> {
  const starting = changes.filter((change) => proposes(change, 'RUNNING'));
  const tags = new Set(starting.flatMap(({ id, create }) => set.taskRuns.get(id)?.tags ?? create?.tags ?? []));
  if (tags.size === 0) return;
  for (const limit of await countTags(sql, tags)) set.tags.set(limit.name, limit);
}

async function loadMaxClaims(sql: Sql, changes: readonly FlowRunChange[], set: WorkingSet): Promise<void> {
  const crashed = changes.filter((change) => proposes(change, 'CRASHED'));
  const deployments = present(crashed.map(({ id }) => set.flowRuns.get(id)?.deployment_id));
  if (deployments.size === 0) return;
  for (const { id, max_claims } of await readMaxClaims(sql, deployments)) set.maxClaims.set(id, max_claims);
}
