import type { FlowRunUpdate } from '@sluice/core/model/flow-run';
import { type Fragment, plannedForItsValues, type Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

const json = (value: unknown) => (value === undefined || value === null ? null : JSON.stringify(value));

/** Changes the fields that are given, null empties one that may be empty; the rest stays. Nothing here is a state: states change through the door. */
export async function updateFlowRun(sql: Sql, id: string, change: FlowRunUpdate): Promise<boolean> {
  const given = (name: keyof FlowRunUpdate) => change[name] !== undefined;
  const { count } = await sql`
    update flow_run set updated = now(),
      name = coalesce(${change.name ?? null}, name),
      flow_version = case when ${given('flow_version')} then ${change.flow_version ?? null} else flow_version end,
      parameters = coalesce(${json(change.parameters)}::text::json, parameters),
      empirical_policy = coalesce(${json(change.empirical_policy)}::text::json, empirical_policy),
      tags = coalesce(${change.tags ? pgArray(change.tags) : null}::text[], tags),
      infrastructure_pid = case when ${given('infrastructure_pid')} then ${change.infrastructure_pid ?? null} else infrastructure_pid end,
      job_variables = case when ${given('job_variables')} then ${json(change.job_variables)}::text::json else job_variables end
    where id = ${id}`;
  return count > 0;
}

/** Type of a flow run's state now; undefined when there is no such run. */
export async function readStateType(sql: Sql, id: string): Promise<string | null | undefined> {
  const [row] = await sql<{ state_type: string | null }[]>`select state_type from flow_run where id = ${id}`;
  return row?.state_type;
}

/** The newest state of each of these flow runs: what a waiter compares with what it knows. */
export async function readStateIds(sql: Sql, ids: Iterable<string>): Promise<{ id: string; state_id: string | null; state_type: string | null }[]> {
  return sql`select id, state_id, state_type from flow_run where id = any(${pgArray(ids)}::uuid[])`;
}

export async function readName(sql: Sql, id: string): Promise<string | undefined> {
  const [row] = await sql<{ name: string }[]>`select name from flow_run where id = ${id}`;
  return row?.name;
}

/** Sets these labels, and keeps the others. */
export async function addLabels(sql: Sql, id: string, labels: object): Promise<boolean> {
  const { count } = await sql`
    update flow_run set updated = now(), labels = labels || ${JSON.stringify(labels)}::text::jsonb where id = ${id}`;
  return count > 0;
}

/** By how many seconds these runs are late, on average; null when there are none. */
export async function readLateness(sql: Sql, where: Fragment): Promise<number | null> {
  const lateness = sql<[{ late: number | null }]>`
    select avg(v.estimated_start_time_delta)::double precision as late from flow_run_view v where ${where}`;
  const [row] = await plannedForItsValues(lateness);
  return row.late;
}
