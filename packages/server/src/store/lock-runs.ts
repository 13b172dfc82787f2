import type { FlowRunRecord, TaskRunRecord } from '@sluice/core/orchestration/run-record';
import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';
import type { LeaseRow } from './leases.ts';

/** A flow run as the door works on it. */
export interface LockedFlowRun extends FlowRunRecord {
  readonly work_queue_id: string | null;
  readonly epoch: number;
  readonly worker_name: string | null;
  readonly flow_id: string;
  readonly idempotency_key: string | null;
}

export interface LockedTaskRun extends TaskRunRecord {
  readonly tags: readonly string[];
  readonly task_key: string;
  readonly dynamic_key: string;
}

export interface FlowRunKey {
  readonly flow_id: string;
  readonly idempotency_key: string;
}

export interface TaskRunKey {
  readonly flow_run_id: string;
  readonly task_key: string;
  readonly dynamic_key: string;
}

/** Runs to lock: by their ids, or by the keys that a create would give them. */
export interface Wanted<Key> {
  readonly ids: Iterable<string>;
  readonly keys: readonly Key[];
}

/** A flow run with its lease, when it is under one. */
export interface FlowRunWithLease {
  readonly run: LockedFlowRun;
  readonly lease: LeaseRow | null;
}

/*
 * Rows are locked without waiting: those that somebody else holds are left out, and wait for a later batch instead of holding this
 * one. Each statement finds its rows by itself, so that all are sent at once; each is one constant text, since putting texts
 * together costs the driver more than sending an empty parameter.
 *
 * Rows are found by an array of ids, and keys one by one (`lateral`, `limit`): of a list or a join the planner expects a hundred rows,
 * and reads the whole table instead.
 *
 * A row that another server changed after the statement began is locked as it is now, while its state would be looked for among
 * those of then, and not be found: such a row is left out too.
 */

/** Locks the flow runs that will be changed, and reads them with their states. */
export async function lockFlowRuns(sql: Sql, { ids, keys }: Wanted<FlowRunKey>): Promise<FlowRunWithLease[]> {
  return sql<FlowRunWithLease[]>`
    select row_to_json(locked) as run, case when l.flow_run_id is not null then json_build_object('flow_run_id', l.flow_run_id, 'epoch', l.epoch,
      'work_pool_id', l.work_pool_id, 'work_queue_id', l.work_queue_id, 'deployment_id', l.deployment_id, 'incarnation_id', l.incarnation_id,
      'deployment_lease_id', l.deployment_lease_id, 'deployment_seconds', l.deployment_seconds, 'lease_seconds', null, 'lent', l.lent_at is not null, 'expired', coalesce(l.expires_at < clock_timestamp(), false)) end as lease
    from (
      select r.id, r.deployment_id, r.parent_task_run_id, r.infrastructure_pid, r.empirical_policy, r.crash_count, r.run_count,
        r.expected_start_time, r.next_scheduled_start_time, r.start_time, r.end_time, r.total_run_time, r.work_queue_id, r.epoch,
        r.worker_name, r.flow_id, r.idempotency_key,
        case when s.id is not null then json_build_object('id', s.id, 'type', s.type, 'name', s.name, 'timestamp', s.timestamp,
          'message', s.message, 'data', s.data, 'state_details', s.state_details) end as state
      from flow_run r left join flow_run_state s on s.id = r.state_id
      where (s.id is not null or r.state_id is null) and r.id = any(array(
        select unnest(${pgArray(ids)}::uuid[])
        union all select k.id from json_to_recordset(${JSON.stringify(keys)}::text::json) as w(flow_id uuid, idempotency_key text)
          cross join lateral (select id from flow_run k where k.flow_id = w.flow_id and k.idempotency_key = w.idempotency_key limit 1) k
      ))
      order by r.id for update of r skip locked
    ) locked left join flow_run_lease l on l.flow_run_id = locked.id`;
}

/** Locks the flow runs that are only looked at against change: those of tasks, and those whose holders write. */
export async function lockParents(
  sql: Sql,
  ids: Iterable<string>,
  taskRunIds: Iterable<string>,
  except: Iterable<string>,
): Promise<FlowRunWithLease[]> {
  return sql<FlowRunWithLease[]>`
    select row_to_json(locked) as run, case when l.flow_run_id is not null then json_build_object('flow_run_id', l.flow_run_id, 'epoch', l.epoch,
      'work_pool_id', l.work_pool_id, 'work_queue_id', l.work_queue_id, 'deployment_id', l.deployment_id, 'incarnation_id', l.incarnation_id,
      'deployment_lease_id', l.deployment_lease_id, 'deployment_seconds', l.deployment_seconds, 'lease_seconds', null, 'lent', l.lent_at is not null, 'expired', coalesce(l.expires_at < clock_timestamp(), false)) end as lease
    from (
      select r.id, r.deployment_id, r.parent_task_run_id, r.infrastructure_pid, r.empirical_policy, r.crash_count, r.run_count,
        r.expected_start_time, r.next_scheduled_start_time, r.start_time, r.end_time, r.total_run_time, r.work_queue_id, r.epoch,
        r.worker_name, r.flow_id, r.idempotency_key,
        case when s.id is not null then json_build_object('id', s.id, 'type', s.type, 'name', s.name, 'timestamp', s.timestamp,
          'message', s.message, 'data', s.data, 'state_details', s.state_details) end as state
      from flow_run r left join flow_run_state s on s.id = r.state_id
      where (s.id is not null or r.state_id is null) and r.id = any(array(
        select unnest(${pgArray(ids)}::uuid[]) union all select flow_run_id from task_run where id = any(${pgArray(taskRunIds)}::uuid[])
      )) and r.id <> all(${pgArray(except)}::uuid[])
      order by r.id for share of r skip locked
    ) locked left join flow_run_lease l on l.flow_run_id = locked.id`;
}

/** Locks the task runs that will be changed, and reads them with their states. */
export async function lockTaskRuns(sql: Sql, { ids, keys }: Wanted<TaskRunKey>): Promise<LockedTaskRun[]> {
  const rows = await sql<{ run: LockedTaskRun }[]>`
    select row_to_json(locked) as run from (
      select r.id, r.flow_run_id, r.flow_run_run_count, r.empirical_policy, r.run_count, r.expected_start_time,
        r.next_scheduled_start_time, r.start_time, r.end_time, r.total_run_time, r.tags, r.task_key, r.dynamic_key,
        case when s.id is not null then json_build_object('id', s.id, 'type', s.type, 'name', s.name, 'timestamp', s.timestamp,
          'message', s.message, 'data', s.data, 'state_details', s.state_details) end as state
      from task_run r left join task_run_state s on s.id = r.state_id
      where (s.id is not null or r.state_id is null) and r.id = any(array(
        select unnest(${pgArray(ids)}::uuid[])
        union all select k.id from json_to_recordset(${JSON.stringify(keys)}::text::json) as w(flow_run_id uuid, task_key text, dynamic_key text)
          cross join lateral (
            select id from task_run k where k.flow_run_id = w.flow_run_id and k.task_key = w.task_key and k.dynamic_key = w.dynamic_key limit 1
          ) k
      ))
      order by r.id for update of r skip locked
    ) locked`;
  return rows.map(({ run }) => run);
}

/** Which of these ids exist at all: what was left out above is either locked or missing. */
export async function existingIds(sql: Sql, table: 'flow_run' | 'task_run', ids: readonly string[]): Promise<Set<string>> {
  const rows = await sql<{ id: string }[]>`select id from ${sql(table)} where id = any(${pgArray(ids)}::uuid[])`;
  return new Set(rows.map(({ id }) => id));
}

/** The database's clock, in microseconds. Read after the locks are held, so that it never runs backwards for one run. */
export async function readClock(sql: Sql): Promise<number> {
  const [row] = await sql<[{ micros: string }]>`select (extract(epoch from clock_timestamp()) * 1000000)::bigint as micros`;
  return Number(row.micros);
}

export const flowRunKey = ({ flow_id, idempotency_key }: FlowRunKey): string => `${flow_id} ${idempotency_key}`;
export const taskRunKey = ({ flow_run_id, task_key, dynamic_key }: TaskRunKey): string => `${flow_run_id} ${task_key} ${dynamic_key}`;
