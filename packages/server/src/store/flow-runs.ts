import type { FlowRunUpdate } from '@sluice/core/model/flow-run';
import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

const json = (value: unknown) => (value === undefined || value === null ? null : JSON.stringify(value));

/** Changes the fields that are given; the rest stays. Nothing here is a state: states change through the door. */
export async function updateFlowRun(sql: Sql, id: string, change: FlowRunUpdate): Promise<boolean> {
  const { count } = await sql`
    update flow_run set updated = now(),
      name = coalesce(${change.name ?? null}, name),
      flow_version = coalesce(${change.flow_version ?? null}, flow_version),
      parameters = coalesce(${json(change.parameters)}::text::json, parameters),
      empirical_policy = coalesce(${json(change.empirical_policy)}::text::json, empirical_policy),
      tags = coalesce(${change.tags ? pgArray(change.tags) : null}::text[], tags),
      infrastructure_pid = coalesce(${change.infrastructure_pid ?? null}, infrastructure_pid),
      job_variables = coalesce(${json(change.job_variables)}::text::json, job_variables)
    where id = ${id}`;
  return count > 0;
}

export async function deleteFlowRun(sql: Sql, id: string): Promise<boolean> {
  const { count } = await sql`delete from flow_run where id = ${id}`;
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
