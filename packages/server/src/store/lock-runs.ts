import type { FlowRunRecord, TaskRunRecord } from '@sluice/core/orchestration/run-record';
import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

/** A flow run as the door works on it. */
export interface LockedFlowRun extends FlowRunRecord {
  readonly work_queue_id: string | null;
  readonly epoch: number;
  readonly worker_name: string | null;
}

export interface LockedTaskRun extends TaskRunRecord {
  readonly tags: readonly string[];
}

/**
 * Locks flow runs in the order of their ids and reads them with their states. Rows that somebody else holds are left out: they
 * wait for a later batch instead of holding this one. `share` is for runs that are only looked at.
 */
export async function lockFlowRuns(sql: Sql, ids: Iterable<string>, strength: 'update' | 'share'): Promise<LockedFlowRun[]> {
  const rows = await sql<{ run: LockedFlowRun }[]>`
    select row_to_json(locked) as run from (
      select r.id, r.deployment_id, r.parent_task_run_id, r.infrastructure_pid, r.empirical_policy, r.crash_count, r.run_count,
        r.expected_start_time, r.next_scheduled_start_time, r.start_time, r.end_time, r.total_run_time, r.work_queue_id, r.epoch,
        r.worker_name,
        case when s.id is not null then
          json_build_object('id', s.id, 'type', s.type, 'name', s.name, 'timestamp', s.timestamp, 'message', s.message,
            'data', s.data, 'state_details', s.state_details)
        end as state
      from flow_run r left join flow_run_state s on s.id = r.state_id
      where r.id = any(${pgArray(ids)}::uuid[])
      order by r.id
      ${strength === 'update' ? sql`for update of r skip locked` : sql`for share of r skip locked`}
    ) locked`;
  return rows.map(({ run }) => run);
}

export async function lockTaskRuns(sql: Sql, ids: Iterable<string>): Promise<LockedTaskRun[]> {
  const rows = await sql<{ run: LockedTaskRun }[]>`
    select row_to_json(locked) as run from (
      select t.id, t.flow_run_id, t.flow_run_run_count, t.empirical_policy, t.run_count, t.expected_start_time,
        t.next_scheduled_start_time, t.start_time, t.end_time, t.total_run_time, t.tags,
        case when s.id is not null then
          json_build_object('id', s.id, 'type', s.type, 'name', s.name, 'timestamp', s.timestamp, 'message', s.message,
            'data', s.data, 'state_details', s.state_details)
        end as state
      from task_run t left join task_run_state s on s.id = t.state_id
      where t.id = any(${pgArray(ids)}::uuid[])
      order by t.id
      for update of t skip locked
    ) locked`;
  return rows.map(({ run }) => run);
}

/** Which of these ids exist at all: what was skipped above is either locked or missing. */
export async function existingIds(sql: Sql, table: 'flow_run' | 'task_run', ids: readonly string[]): Promise<Set<string>> {
  const rows = await sql<{ id: string }[]>`select id from ${sql(table)} where id = any(${pgArray(ids)}::uuid[])`;
  return new Set(rows.map(({ id }) => id));
}

/** The database's clock, in microseconds. Read after the locks are held, so that it never runs backwards for one run. */
export async function readClock(sql: Sql): Promise<number> {
  const [row] = await sql<[{ micros: string }]>`select (extract(epoch from clock_timestamp()) * 1000000)::bigint as micros`;
  return Number(row.micros);
}
