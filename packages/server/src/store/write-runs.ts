import type { State } from '@sluice/core/model/state';
import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';
import type { LockedFlowRun, LockedTaskRun } from './lock-runs.ts';
import type { NewFlowRun, NewTaskRun } from './new-runs.ts';

export interface StateRow {
  readonly run_id: string;
  readonly state: State;
  readonly epoch: number | null;
}

const asJson = (rows: unknown) => JSON.stringify(rows);

/** The columns that orchestration decides; one form for a new row and a changed one. */
function decided(run: LockedFlowRun | LockedTaskRun) {
  const { state, ...columns } = run;
  return { ...columns, state_id: state?.id, state_type: state?.type, state_name: state?.name, state_timestamp: state?.timestamp };
}

export async function insertFlowRuns(sql: Sql, rows: readonly { row: NewFlowRun; run: LockedFlowRun }[], now: string): Promise<void> {
  await sql`
    insert into flow_run (id, created, updated, name, flow_id, deployment_id, deployment_version, work_queue_id, flow_version, parameters,
      idempotency_key, context, empirical_policy, tags, labels, parent_task_run_id, infrastructure_document_id, bundle, created_by, job_variables, auto_scheduled,
      state_id, state_type, state_name, state_timestamp, run_count, expected_start_time, next_scheduled_start_time, start_time, end_time,
      total_run_time, epoch, crash_count)
    select n.id, ${now}::timestamptz, ${now}::timestamptz, n.name, n.flow_id, n.deployment_id, n.deployment_version, n.work_queue_id, n.flow_version,
      n.parameters, n.idempotency_key, n.context, n.empirical_policy, n.tags, n.labels, n.parent_task_run_id,
      n.infrastructure_document_id, n.bundle, n.created_by, n.job_variables, n.auto_scheduled, n.state_id, n.state_type, n.state_name, n.state_timestamp, n.run_count,
      n.expected_start_time, n.next_scheduled_start_time, n.start_time, n.end_time, n.total_run_time, n.epoch, n.crash_count
    from json_to_recordset(${asJson(rows.map(({ row, run }) => ({ ...row, ...decided(run) })))}::text::json) as n(
      id uuid, name text, flow_id uuid, deployment_id uuid, deployment_version text, work_queue_id uuid, flow_version text, parameters json,
      idempotency_key text, context json, empirical_policy json, tags text[], labels jsonb, parent_task_run_id uuid,
      infrastructure_document_id uuid, bundle text, created_by json, job_variables json, auto_scheduled boolean, state_id uuid, state_type text, state_name text,
      state_timestamp timestamptz, run_count integer, expected_start_time timestamptz, next_scheduled_start_time timestamptz,
      start_time timestamptz, end_time timestamptz, total_run_time double precision, epoch integer, crash_count integer)`;
}

/** The ids are said once more, as an array: of the list alone the planner expects a hundred rows, and reads the whole table. */
export async function updateFlowRuns(sql: Sql, runs: readonly LockedFlowRun[], now: string): Promise<void> {
  await sql`
    update flow_run r set updated = ${now}::timestamptz, state_id = u.state_id, state_type = u.state_type, state_name = u.state_name,
      state_timestamp = u.state_timestamp, run_count = u.run_count, expected_start_time = u.expected_start_time,
      next_scheduled_start_time = u.next_scheduled_start_time, start_time = u.start_time, end_time = u.end_time,
      total_run_time = u.total_run_time, empirical_policy = u.empirical_policy, infrastructure_pid = u.infrastructure_pid,
      epoch = u.epoch, crash_count = u.crash_count, worker_name = u.worker_name
    from json_to_recordset(${asJson(runs.map(decided))}::text::json) as u(
      id uuid, state_id uuid, state_type text, state_name text, state_timestamp timestamptz, run_count integer, expected_start_time timestamptz,
      next_scheduled_start_time timestamptz, start_time timestamptz, end_time timestamptz, total_run_time double precision,
      empirical_policy json, infrastructure_pid text, epoch integer, crash_count integer, worker_name text)
    where r.id = u.id and r.id = any(${pgArray(runs.map(({ id }) => id))}::uuid[])`;
}

export async function insertTaskRuns(sql: Sql, rows: readonly { row: NewTaskRun; run: LockedTaskRun }[], now: string): Promise<void> {
  await sql`
    insert into task_run (id, created, updated, name, flow_run_id, task_key, dynamic_key, cache_key, cache_expiration, task_version,
      empirical_policy, tags, labels, task_inputs, state_id, state_type, state_name, state_timestamp, run_count, flow_run_run_count,
      expected_start_time, next_scheduled_start_time, start_time, end_time, total_run_time, recorded)
    select n.id, ${now}::timestamptz, ${now}::timestamptz, n.name, n.flow_run_id, n.task_key, n.dynamic_key, n.cache_key, n.cache_expiration,
      n.task_version, n.empirical_policy, n.tags, n.labels, n.task_inputs, n.state_id, n.state_type, n.state_name, n.state_timestamp,
      n.run_count, n.flow_run_run_count, n.expected_start_time, n.next_scheduled_start_time, n.start_time, n.end_time, n.total_run_time,
      coalesce(n.recorded, false)
    from json_to_recordset(${asJson(rows.map(({ row, run }) => ({ ...row, ...decided(run) })))}::text::json) as n(
      id uuid, name text, flow_run_id uuid, task_key text, dynamic_key text, cache_key text, cache_expiration timestamptz, task_version text,
      empirical_policy json, tags text[], labels jsonb, task_inputs json, state_id uuid, state_type text, state_name text,
      state_timestamp timestamptz, run_count integer, flow_run_run_count integer, expected_start_time timestamptz,
      next_scheduled_start_time timestamptz, start_time timestamptz, end_time timestamptz, total_run_time double precision, recorded boolean)`;
}

export async function updateTaskRuns(sql: Sql, runs: readonly LockedTaskRun[], now: string): Promise<void> {
  await sql`
    update task_run t set updated = ${now}::timestamptz, state_id = u.state_id, state_type = u.state_type, state_name = u.state_name,
      state_timestamp = u.state_timestamp, run_count = u.run_count, flow_run_run_count = u.flow_run_run_count,
      expected_start_time = u.expected_start_time, next_scheduled_start_time = u.next_scheduled_start_time, start_time = u.start_time,
      end_time = u.end_time, total_run_time = u.total_run_time
    from json_to_recordset(${asJson(runs.map(decided))}::text::json) as u(
      id uuid, state_id uuid, state_type text, state_name text, state_timestamp timestamptz, run_count integer, flow_run_run_count integer,
      expected_start_time timestamptz, next_scheduled_start_time timestamptz, start_time timestamptz, end_time timestamptz,
      total_run_time double precision)
    where t.id = u.id and t.id = any(${pgArray(runs.map(({ id }) => id))}::uuid[])`;
}

/** What a client that has run them says of task runs anew. */
export async function describeTaskRuns(sql: Sql, rows: readonly NewTaskRun[]): Promise<void> {
  await sql`
    update task_run t set name = n.name, cache_key = n.cache_key, cache_expiration = n.cache_expiration, task_version = n.task_version,
      empirical_policy = n.empirical_policy, tags = n.tags, labels = n.labels, task_inputs = n.task_inputs, recorded = true
    from json_to_recordset(${asJson(rows)}::text::json) as n(
      id uuid, name text, cache_key text, cache_expiration timestamptz, task_version text, empirical_policy json, tags text[], labels jsonb,
      task_inputs json)
    where t.id = n.id and t.id = any(${pgArray(rows.map(({ id }) => id))}::uuid[])`;
}

export async function insertFlowRunStates(sql: Sql, states: readonly StateRow[]): Promise<void> {
  await sql`
    insert into flow_run_state (id, flow_run_id, type, name, timestamp, message, data, state_details, epoch)
    select n.id, n.run_id, n.type, n.name, n.timestamp, n.message, n.data, n.state_details, n.epoch
    from json_to_recordset(${asJson(states.map(flat))}::text::json) as n(
      id uuid, run_id uuid, type text, name text, timestamp timestamptz, message text, data json, state_details jsonb, epoch integer)`;
}

/** A state that is recorded may be told twice. */
export async function insertTaskRunStates(sql: Sql, states: readonly StateRow[]): Promise<void> {
  await sql`
    insert into task_run_state (id, task_run_id, type, name, timestamp, message, data, state_details, epoch)
    select n.id, n.run_id, n.type, n.name, n.timestamp, n.message, n.data, n.state_details, n.epoch
    from json_to_recordset(${asJson(states.map(flat))}::text::json) as n(
      id uuid, run_id uuid, type text, name text, timestamp timestamptz, message text, data json, state_details jsonb, epoch integer)
    on conflict (id) do nothing`;
}

const flat = ({ run_id, state, epoch }: StateRow) => ({ ...state, run_id, epoch });

/** A result that is null is JSON's null: read into a column of its own it would be SQL's. */
export async function insertResults(
  sql: Sql,
  results: readonly { id: string; flow_run_id: string | null; value: unknown }[],
  now: string,
): Promise<void> {
  await sql`
    insert into result (id, created, flow_run_id, value)
    select n.id, ${now}::timestamptz, n.flow_run_id, coalesce(n.value, 'null'::json)
    from json_to_recordset(${asJson(results)}::text::json) as n(id uuid, flow_run_id uuid, value json)`;
}
