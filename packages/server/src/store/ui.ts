import type { Fragment, Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';
import { failedTypes, finalTypes } from './state-lists.ts';

/** An answer as JSON text. */
async function text(sql: Sql, value: Fragment): Promise<string> {
  const [row] = await sql<[{ json: string }]>`select (${value})::text as json`;
  return row.json;
}

interface Page {
  readonly where: Fragment;
  /** From a table of ours, never from a request. */
  readonly order: string;
  readonly limit: number;
  readonly offset: number;
}

export const readRunPoints = (sql: Sql, { where, order, limit, offset }: Page): Promise<string> =>
  text(
    sql,
    sql`select coalesce(json_agg(x), '[]') from (
      select id, state_type, coalesce(start_time, expected_start_time) as timestamp, estimated_run_time as duration, estimated_start_time_delta as lateness
      from flow_run_view v where ${where} order by ${sql.unsafe(order)}, id limit ${limit} offset ${offset}) x`,
  );

/** For each of these ids what `value` makes of it, which sees it as `i.id`. */
const byId = (sql: Sql, ids: readonly string[], value: Fragment): Promise<string> =>
  text(sql, sql`select coalesce(json_object_agg(i.id, (${value})), '{}') from (select distinct unnest(${pgArray(ids)}::uuid[]) as id) i`);

export const countTaskRuns = (sql: Sql, ids: readonly string[]): Promise<string> =>
  byId(
    sql,
    ids,
    sql`select count(*) from task_run t
      where t.flow_run_id = i.id and not exists (select from flow_run c where c.parent_task_run_id = t.id)`,
  );

export const countDeployments = (sql: Sql, ids: readonly string[]): Promise<string> =>
  byId(sql, ids, sql`select count(*) from deployment d where d.flow_id = i.id`);

export const readNextRuns = (sql: Sql, ids: readonly string[]): Promise<string> =>
  byId(
    sql,
    ids,
    sql`select row_to_json(x) from (
      select v.id, v.flow_id, v.name, v.state_name, v.state_type, v.next_scheduled_start_time
      from flow_run_view v where v.flow_id = i.id and v.state_type = 'SCHEDULED' order by v.next_scheduled_start_time limit 1) x`,
  );

/** Task runs of this condition by the types of their states. */
export const countByState = (sql: Sql, types: readonly string[], where: Fragment): Promise<string> =>
  text(
    sql,
    sql`select json_object_agg(t.type, coalesce(c.count, 0)) from unnest(${pgArray(types)}::text[]) as t(type)
      left join (select state_type, count(*) as count from task_run_view v where ${where} group by state_type) c on c.state_type = t.type`,
  );

interface Spans {
  readonly after: string;
  /** Now, when it is undefined. */
  readonly before: string | undefined;
  readonly count: number;
}

/** How many task runs have ended well, and how many not, in each of so many spans of one length. */
export const countEnded = (sql: Sql, { after, before, count }: Spans, where: Fragment): Promise<string> =>
  text(
    sql,
    sql`select json_agg(json_build_object('completed', coalesce(c.completed, 0), 'failed', coalesce(c.failed, 0)) order by s.span)
      from generate_series(0, ${count - 1}::integer) as s(span)
      left join (
        select
          least(${count - 1}, floor(extract(epoch from v.start_time - b.start) / greatest(1, extract(epoch from b.stop - b.start)) * ${count}))::integer as span,
          count(*) filter (where v.state_type not in (${failedTypes(sql)})) as completed,
          count(*) filter (where v.state_type in (${failedTypes(sql)})) as failed
        from task_run_view v, (
          select date_trunc('minute', ${after}::timestamptz) as start,
            date_trunc('minute', coalesce(${before ?? null}::timestamptz, now())) + interval '1 minute' as stop) b
        where v.state_type in (${finalTypes(sql)}) and v.start_time >= b.start and ${where}
        group by 1
      ) c on c.span = s.span`,
  );

/** The task run with the name of its flow run, as JSON text; undefined when it is not there. */
export async function readTaskRunOfFlowRun(sql: Sql, id: string): Promise<string | undefined> {
  const [row] = await sql<{ json: string }[]>`
    select row_to_json(x)::text as json from (
      select v.*, (select name from flow_run r where r.id = v.flow_run_id) as flow_run_name from task_run_view v where v.id = ${id}) x`;
  return row?.json;
}
