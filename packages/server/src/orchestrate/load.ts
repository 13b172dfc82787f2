import type { Sql } from '../db/database.ts';
import { readMaxClaims } from '../store/deployments.ts';
import { lockExpired } from '../store/leases.ts';
import { flowRunKey, lockFlowRuns, lockParents, lockTaskRuns, readClock, taskRunKey } from '../store/lock-runs.ts';
import { countPlaces, countTags, countWorkers } from '../store/slot-counts.ts';
import type { Change, FlowRunChange, NewFlowRun, NewTaskRun, TaskRunChange } from './change.ts';
import { loadInside } from './load-inside.ts';
import type { WorkingSet } from './working-set.ts';

const present = <T>(values: Iterable<T | null | undefined>): Set<T> => new Set([...values].filter((value) => value != null) as T[]);

const proposes = (change: Change, type: string) => change.proposed.type === type;

const keyOfFlowRun = ({ flow_id, idempotency_key }: Pick<NewFlowRun, 'flow_id' | 'idempotency_key'>) =>
  idempotency_key === null ? [] : [{ flow_id, idempotency_key }];
const keyOfTaskRun = ({ flow_run_id, task_key, dynamic_key }: Pick<NewTaskRun, 'flow_run_id' | 'task_key' | 'dynamic_key'>) =>
  flow_run_id === null ? [] : [{ flow_run_id, task_key, dynamic_key }];

/** The set, and the changes as they are about its runs: a create whose keys are taken is about the run that has them. */
export interface Loaded {
  readonly set: WorkingSet;
  readonly changes: readonly Change[];
}

/**
 * Locks the rows of a batch and reads what its rules need to know. Rows that others hold are missing from the set. Nearly all
 * batches take one round trip; limits are locked after the runs, everywhere.
 */
export async function load(sql: Sql, changes: readonly Change[]): Promise<Loaded> {
  const { set, resolved } = await lockRuns(sql, changes);
  const flowChanges = resolved.filter((change) => change.kind === 'flow_run');
  const taskChanges = resolved.filter((change) => change.kind === 'task_run');
  await Promise.all([
    loadMirrors(sql, flowChanges, set),
    loadExpired(sql, flowChanges, set),
    loadPlaces(sql, flowChanges, set),
    loadTags(sql, taskChanges, set),
    loadMaxClaims(sql, flowChanges, set),
    loadInside(sql, flowChanges, set),
  ]);
  return { set, changes: resolved };
}

async function lockRuns(sql: Sql, changes: readonly Change[]): Promise<{ set: WorkingSet; resolved: Change[] }> {
  const flowChanges = changes.filter((change) => change.kind === 'flow_run');
  const taskChanges = changes.filter((change) => change.kind === 'task_run');
  const flowRunIds = present(flowChanges.map(({ id }) => id));
  const taskRunIds = present(taskChanges.map(({ id }) => id));
  // Looked at only: the flow runs around tasks, and those whose holders write about something else.
  const lookedAt = present([...taskChanges.map(({ create }) => create?.flow_run_id), ...changes.map(({ writer }) => writer?.flow_run_id)]);
  for (const id of flowRunIds) lookedAt.delete(id);
  const flowRunKeys = flowChanges.flatMap(({ create }) => (create ? keyOfFlowRun(create) : []));
  const taskRunKeys = taskChanges.flatMap(({ create }) => (create ? keyOfTaskRun(create) : []));

  const [flowRuns, parents, taskRuns, now] = await Promise.all([
    flowChanges.length > 0 ? lockFlowRuns(sql, { ids: flowRunIds, keys: flowRunKeys }) : [],
    taskChanges.length + lookedAt.size > 0 ? lockParents(sql, lookedAt, taskRunIds, flowRunIds) : [],
    taskChanges.length > 0 ? lockTaskRuns(sql, { ids: taskRunIds, keys: taskRunKeys }) : [],
    readClock(sql),
  ]);
  const found = [...parents, ...flowRuns];
  const set: WorkingSet = {
    now,
    flowRuns: new Map(found.map(({ run }) => [run.id, run])),
    taskRuns: new Map(taskRuns.map((run) => [run.id, run])),
    leases: new Map(found.flatMap(({ lease }) => (lease ? [[lease.flow_run_id, lease]] : []))),
    places: new Map(),
    tags: new Map(),
    inside: new Map(),
    children: new Map(),
    maxClaims: new Map(),
  };
  return { set, resolved: changes.map(resolver(set)) };
}

/** The task runs that stand for these flow runs in their parents. */
async function loadMirrors(sql: Sql, changes: readonly FlowRunChange[], set: WorkingSet): Promise<void> {
  const ids = present(changes.map(({ id, create }) => (set.flowRuns.get(id) ?? create)?.parent_task_run_id));
  for (const id of set.taskRuns.keys()) ids.delete(id);
  if (ids.size === 0) return;
  for (const run of await lockTaskRuns(sql, { ids, keys: [] })) set.taskRuns.set(run.id, run);
}

/** Whether leases that the reaper would end are over, now that no beat can prolong them. */
async function loadExpired(sql: Sql, changes: readonly FlowRunChange[], set: WorkingSet): Promise<void> {
  const reaped = changes.flatMap(({ id, reap }) => (reap ? id : []));
  if (reaped.length === 0) return;
  const expired = await lockExpired(sql, reaped);
  for (const id of reaped) {
    const lease = set.leases.get(id);
    if (lease) set.leases.set(id, { ...lease, expired: expired.has(id) });
  }
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

/** A slot that was free when it was counted was given back before the clock was read: times tell the order, across servers too. */
const withClock = async <T>(sql: Sql, set: WorkingSet, counted: Promise<T>): Promise<T> => {
  const [count, now] = await Promise.all([counted, readClock(sql)]);
  set.now = Math.max(set.now, now);
  return count;
};

async function loadPlaces(sql: Sql, changes: readonly FlowRunChange[], set: WorkingSet): Promise<void> {
  const starting = changes.filter((change) => proposes(change, 'PENDING'));
  const runs = starting.flatMap(({ id, create }) => create ?? set.flowRuns.get(id) ?? []);
  const queues = present(runs.map((run) => run.work_queue_id));
  const deployments = present(runs.map((run) => run.deployment_id));
  const claims = starting.flatMap(({ claim }) => claim ?? []);
  if (queues.size + deployments.size + claims.length === 0) return;
  const counted = Promise.all([countPlaces(sql, queues, deployments), countWorkers(sql, new Set(claims.map(({ worker_id }) => worker_id)))]);
  const [places, workers] = await withClock(sql, set, counted);
  for (const place of places) set.places.set(place.id, place);
  for (const { worker_id, worker_name, worker_limit } of claims) {
    set.places.set(worker_id, { kind: 'worker', id: worker_id, name: worker_name, limit: worker_limit, used: workers.get(worker_id) ?? 0 });
  }
}

async function loadTags(sql: Sql, changes: readonly TaskRunChange[], set: WorkingSet): Promise<void> {
  const starting = changes.filter((change) => proposes(change, 'RUNNING'));
  const tags = new Set(starting.flatMap(({ id, create }) => set.taskRuns.get(id)?.tags ?? create?.tags ?? []));
  if (tags.size === 0) return;
  for (const limit of await withClock(sql, set, countTags(sql, tags))) set.tags.set(limit.name, limit);
}

async function loadMaxClaims(sql: Sql, changes: readonly FlowRunChange[], set: WorkingSet): Promise<void> {
  const crashed = changes.filter((change) => proposes(change, 'CRASHED'));
  const deployments = present(crashed.map(({ id }) => set.flowRuns.get(id)?.deployment_id));
  if (deployments.size === 0) return;
  for (const { id, max_claims } of await readMaxClaims(sql, deployments)) set.maxClaims.set(id, max_claims);
}
