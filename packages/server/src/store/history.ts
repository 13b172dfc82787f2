import type { Fragment, Sql } from '../db/database.ts';

/** Counts runs by state in intervals of `seconds`, from `start` until `end`, as JSON text. The caller bounds the number of intervals. */
export async function readHistory(
  sql: Sql,
  view: 'flow_run_view' | 'task_run_view',
  where: Fragment,
  { start, end, seconds }: { start: string; end: string; seconds: number },
): Promise<string> {
  const [row] = await sql<[{ json: string }]>`
    with interval as (
      select i as interval_start, i + ${seconds} * interval '1 second' as interval_end
      from generate_series(${start}::timestamptz, ${end}::timestamptz - interval '1 microsecond', ${seconds} * interval '1 second') i
    ), counted as (
      select floor(extract(epoch from v.expected_start_time - ${start}::timestamptz) / ${seconds})::bigint as slot, v.state_type, v.state_name,
        count(*)::integer as count_runs, sum(v.estimated_run_time) as sum_estimated_run_time,
        sum(v.estimated_start_time_delta) as sum_estimated_lateness
      from ${sql(view)} v
      where v.expected_start_time >= ${start}::timestamptz and v.expected_start_time < ${end}::timestamptz and v.state_type is not null and ${where}
      group by 1, 2, 3
    )
    select coalesce(json_agg(json_build_object('interval_start', i.interval_start, 'interval_end', i.interval_end, 'states', (
      select coalesce(json_agg(json_build_object('state_type', c.state_type, 'state_name', c.state_name, 'count_runs', c.count_runs,
        'sum_estimated_run_time', c.sum_estimated_run_time, 'sum_estimated_lateness', c.sum_estimated_lateness)), '[]')
      from counted c where c.slot = floor(extract(epoch from i.interval_start - ${start}::timestamptz) / ${seconds})::bigint
    )) order by i.interval_start), '[]')::text as json
    from interval i`;
  return row.json;
}
