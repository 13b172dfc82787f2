import type { FlowRunNeed, TaskRunNeed } from '@sluice/core/orchestration/rule';
import type { Sql } from '../db/database.ts';
import { readMaxClaims } from '../store/deployments.ts';
import { lockTaskRuns, readClock } from '../store/lock-runs.ts';
import { countPlaces, countTags, countWorkers } from '../store/slot-counts.ts';
import { readCached } from '../store/task-cache.ts';
import type { Change, FlowRunChange, TaskRunChange } from './change.ts';
import { loadBehind } from './load-behind.ts';
import { loadInside } from './load-inside.ts';
import { present } from './present.ts';
import { hasLostSlot, type WorkingSet } from './working-set.ts';

/** Reads into the set what rules need for these changes, by the name under which the rules ask for it. */
export type Loaders<N extends string, C extends Change> = {
  readonly [need in N]: (sql: Sql, changes: readonly C[], set: WorkingSet) => Promise<void>;
};

/** The task runs that stand for these flow runs in their parents. */
async function loadMirrors(sql: Sql, changes: readonly FlowRunChange[], set: WorkingSet): Promise<void> {
  const ids = present(changes.map(({ id, create }) => (set.flowRuns.get(id) ?? create)?.parent_task_run_id));
  for (const id of set.taskRuns.keys()) ids.delete(id);
  if (ids.size === 0) return;
  for (const run of await lockTaskRuns(sql, { ids, keys: [] })) set.taskRuns.set(run.id, run);
}

/** A slot that was free when it was counted was given back before the clock was read: times tell the order, across servers too. */
const withClock = async <T>(sql: Sql, set: WorkingSet, counted: Promise<T>): Promise<T> => {
  const [count, now] = await Promise.all([counted, readClock(sql)]);
  set.now = Math.max(set.now, now);
  return count;
};

async function loadPlaces(sql: Sql, changes: readonly FlowRunChange[], set: WorkingSet): Promise<void> {
  const runs = changes.flatMap(({ id, create }) => create ?? set.flowRuns.get(id) ?? []);
  const queues = present(runs.map((run) => run.work_queue_id));
  const deployments = present(runs.map((run) => run.deployment_id));
  const claims = changes.flatMap(({ claim }) => claim ?? []);
  if (queues.size + deployments.size + claims.length === 0) return;
  const counted = Promise.all([
    countPlaces(sql, queues, deployments),
    countWorkers(sql, new Set(claims.map(({ incarnation_id }) => incarnation_id))),
  ]);
  const [places, workers] = await withClock(sql, set, counted);
  for (const place of places) set.places.set(place.id, place);
  for (const { incarnation_id, worker_name, worker_limit } of claims) {
    set.places.set(incarnation_id, {
      kind: 'worker',
      id: incarnation_id,
      name: worker_name,
      limit: worker_limit,
      used: workers.get(incarnation_id) ?? 0,
    });
  }
}

/** Seldom: nothing is counted for a run that has its slot still. */
async function loadLostSlots(sql: Sql, changes: readonly FlowRunChange[], set: WorkingSet): Promise<void> {
  const deployments = changes.flatMap(({ id }) => {
    const run = set.flowRuns.get(id);
    return run?.deployment_id && hasLostSlot(set, run) ? run.deployment_id : [];
  });
  if (deployments.length === 0) return;
  for (const place of await withClock(sql, set, countPlaces(sql, [], new Set(deployments)))) set.places.set(place.id, place);
}

async function loadTags(sql: Sql, changes: readonly TaskRunChange[], set: WorkingSet): Promise<void> {
  const tags = new Set(changes.flatMap(({ id, create }) => set.taskRuns.get(id)?.tags ?? create?.tags ?? []));
  if (tags.size === 0) return;
  for (const limit of await withClock(sql, set, countTags(sql, tags))) set.tags.set(limit.name, limit);
}

async function loadCached(sql: Sql, changes: readonly TaskRunChange[], set: WorkingSet): Promise<void> {
  const keys = present(changes.map(({ proposed }) => proposed.state_details?.cache_key));
  if (keys.size === 0) return;
  for (const [key, state] of await readCached(sql, keys)) set.cached.set(key, state);
}

async function loadMaxClaims(sql: Sql, changes: readonly FlowRunChange[], set: WorkingSet): Promise<void> {
  const deployments = present(changes.map(({ id }) => set.flowRuns.get(id)?.deployment_id));
  if (deployments.size === 0) return;
  for (const { id, max_claims } of await readMaxClaims(sql, deployments)) set.maxClaims.set(id, max_claims);
}

/** In the order in which rows are locked. A need without a loader is a type error. */
export const FLOW_RUN_LOADERS: Loaders<FlowRunNeed, FlowRunChange> = {
  parent_task: loadMirrors,
  slots: loadPlaces,
  max_claims: loadMaxClaims,
  lost_slot: loadLostSlots,
  inside: (sql, _, set) => loadInside(sql, set),
  thrown_away: loadBehind,
};

export const TASK_RUN_LOADERS: Loaders<TaskRunNeed, TaskRunChange> = { slots: loadTags, cached: loadCached };
