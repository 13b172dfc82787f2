import { type Fragment, plannedForItsValues, type Sql } from '../db/database.ts';
import { compileFilter, compileFilters } from './filters.ts';
import { openTypes } from './state-lists.ts';

/*
 * Flow runs that have ended are counted in the table flow_run_count, by triggers, in the transaction that ends, changes or deletes
 * them: by the hour in which they were expected, of all and of each flow, deployment and queue. Those that have not ended are few, and
 * are counted as they are. Decision 0018.
 */

export type Filters = { readonly [key: string]: unknown };

const ALL_RUNS = '00000000-0000-0000-0000-000000000000';

/** Nouns of which each run has one at most, so that runs can be counted by them: the ids of those that a filter lets through. */
const SCOPES: { readonly [key: string]: (sql: Sql, filter: object) => Fragment } = {
  flows: (sql, filter) => sql`select o.id from flow_view o where ${compileFilter(sql, 'flow', filter, 'o')}`,
  deployments: (sql, filter) => sql`select o.id from deployment_view o where ${compileFilter(sql, 'deployment', filter, 'o')}`,
  work_queues: (sql, filter) => sql`select o.id from work_queue_view o where ${compileFilter(sql, 'work_queue', filter, 'o')}`,
  work_pools: (sql, filter) => sql`
    select q.id from work_queue q join work_pool_view o on o.id = q.work_pool_id where ${compileFilter(sql, 'work_pool', filter, 'o')}`,
};

const hasOnly = (filter: object, allowed: readonly string[]) =>
  Object.entries(filter).every(([key, value]) => value == null || allowed.includes(key));

/** Whether ended runs are counted by all that a filter on them asks for. */
const isCounted = ({ parent_task_run_id, ...filter }: { readonly parent_task_run_id?: object | null }) =>
  hasOnly(filter, ['operator', 'state']) && hasOnly(parent_task_run_id ?? {}, ['operator', 'is_null_']);

/**
 * What counts the ended runs that these filters let through: rows of flow_run_count. Undefined where the filters ask for what is not
 * counted, such as a tag.
 */
export function countedRuns(sql: Sql, { flow_runs, ...others }: Filters): Fragment | undefined {
  const asked = Object.entries(others).filter(([, filter]) => filter != null);
  const [key, filter] = asked[0] ?? [];
  const scope = key ? SCOPES[key.replace('work_pool_queues', 'work_queues')]?.(sql, filter as object) : sql`select ${ALL_RUNS}::uuid`;
  if (asked.length > 1 || !scope || !isCounted(flow_runs ?? {})) return undefined;
  return sql`
    select * from (select *, case when is_subflow then scope_id end as parent_task_run_id from flow_run_count) v
    where scope_id in (${scope}) and ${compileFilter(sql, 'flow_run', flow_runs as object | undefined)}`;
}

/** How many flow runs these filters let through. */
export async function countFlowRuns(sql: Sql, filters: Filters): Promise<number> {
  const counted = countedRuns(sql, filters);
  const runs = sql`select count(*) from flow_run_view v where ${compileFilters(sql, 'flow_run', filters)}`;
  const count = sql<[{ count: number }]>`
    select (${counted ? sql`(${runs} and v.state_type in (${openTypes(sql)})) + coalesce((select sum(runs) from (${counted}) c), 0)` : sql`${runs}`})::integer as count`;
  const [row] = await plannedForItsValues(count);
  return row.count;
}

/**
 * Adds up what transactions have counted: at most `limit` of their rows at a time. Returns how many it took. What is known of an hour is found by
 * its index, and so in a statement of its own where there is no hour: `is not distinct from` reads the whole table.
 */
export async function addUpFlowRunCounts(sql: Sql, limit: number): Promise<number> {
  const [row] = await sql<[{ taken: number }]>`
    with fresh as (
      delete from flow_run_count where ctid = any(array(select ctid from flow_run_count where is_new limit ${limit} for update skip locked)) returning *
    ), keys as (
      select distinct scope_id, hour, is_subflow, state_type, state_name from fresh
    ), known as (
      delete from flow_run_count c using keys k
      where not c.is_new and c.scope_id = k.scope_id and c.hour = k.hour and c.is_subflow = k.is_subflow
        and c.state_type = k.state_type and c.state_name = k.state_name returning c.*
    ), known_without_hour as (
      delete from flow_run_count c using keys k
      where not c.is_new and c.scope_id = k.scope_id and c.hour is null and k.hour is null and c.is_subflow = k.is_subflow
        and c.state_type = k.state_type and c.state_name = k.state_name returning c.*
    ), summed as (
      insert into flow_run_count (scope_id, hour, is_subflow, state_type, state_name, runs, run_seconds, late_seconds, is_new)
      select scope_id, hour, is_subflow, state_type, state_name, sum(runs), sum(run_seconds), sum(late_seconds), false
      from (select * from fresh union all select * from known union all select * from known_without_hour) counts group by 1, 2, 3, 4, 5 having sum(runs) <> 0
    )
    select count(*)::integer as taken from fresh`;
  return row.taken;
}
