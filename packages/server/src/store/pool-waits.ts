import type { RouteOutput } from '@sluice/core/api/routes';
import { MOST_COUNTED } from '@sluice/core/api/run-summary';
import type { Sql } from '../db/database.ts';

type Waits = RouteOutput<'GET /work_pools/{name}/waits'>;

/** Runs of all pools that one request looks at: by their start there is an index, by pool and start there is none. Decision 0018. */
const LOOKS_AT = 15_000;

export interface WaitSpan {
  readonly start: string;
  readonly end: string;
  readonly seconds: number;
}

/**
 * How many runs of a pool waited at once, and how long those waited that started, in intervals of `seconds`. Runs that have started, or
 * ended without a start, are read back from `end`, as far as the bound; to these come the runs that are due now, each since then.
 */
export async function readPoolWaits(sql: Sql, poolId: string, { start, end, seconds }: WaitSpan): Promise<Waits> {
  const step = sql`${seconds} * interval '1 second'`;
  const [row] = await sql<[{ waits: Waits }]>`
    with queue as materialized (
      select id from work_queue where work_pool_id = ${poolId}
    ), walked as materialized (
      select r.work_queue_id, r.expected_start_time as due, r.start_time, coalesce(r.start_time, r.expected_start_time) as at,
        coalesce(r.start_time, r.end_time) as until, r.start_time is null and r.state_type = 'SCHEDULED' as is_due
      from flow_run r
      where coalesce(r.start_time, r.expected_start_time) >= ${start}::timestamptz
        and coalesce(r.start_time, r.expected_start_time) <= ${end}::timestamptz
      order by coalesce(r.start_time, r.expected_start_time) desc limit ${LOOKS_AT}
    ), reach as (
      select case when count(*) = ${LOOKS_AT} then min(at) end as reached from walked
    ), span as (
      select reached, coalesce(date_bin(${step}, reached, ${start}::timestamptz) + ${step}, ${start}::timestamptz) as start from reach
    ), waited as (
      select due, until, start_time from walked where work_queue_id in (select id from queue) and not is_due
      union all
      select d.due, null, null from queue q cross join lateral (
        select r.next_scheduled_start_time as due from flow_run r
        where r.work_queue_id = q.id and r.state_type = 'SCHEDULED' and r.next_scheduled_start_time <= clock_timestamp()
        order by r.next_scheduled_start_time limit ${MOST_COUNTED}) d
    ), interval as (
      select i as start, i + ${step} as "end" from span, generate_series(span.start, ${end}::timestamptz - interval '1 microsecond', ${step}) i
    ), changes as (
      select greatest(w.due, span.start) as at, 1 as by from waited w, span where w.until is null or (w.until > w.due and w.until > span.start)
      union all select w.until, -1 from waited w, span where w.until > w.due and w.until > span.start
      union all select start, 0 from interval
    ), depths as (
      select at, sum(by) over (order by at) as depth from changes
    ), waiting as (
      select date_bin(${step}, at, ${start}::timestamptz) as start, max(depth)::integer as waiting from depths group by 1
    ), delays as (
      select date_bin(${step}, start_time, ${start}::timestamptz) as start, count(*)::integer as started,
        percentile_cont(array[0.5, 0.95]) within group (order by extract(epoch from greatest(start_time - due, '0'))::double precision) as delay
      from waited where start_time is not null group by 1
    )
    select json_build_object('reached', (select reached from span), 'intervals', coalesce(json_agg(json_build_object(
      'interval_start', i.start, 'interval_end', i."end", 'waiting', greatest(coalesce(w.waiting, 0), 0), 'started', coalesce(d.started, 0),
      'delay_p50', d.delay[1], 'delay_p95', d.delay[2]) order by i.start), '[]')) as waits
    from interval i left join waiting w on w.start = i.start left join delays d on d.start = i.start`;
  return row.waits;
}
