import { SECOND, toInstant, toMicros } from '@sluice/core/lib/time';
import { type Fragment, plannedForItsValues, type Sql } from '../db/database.ts';
import { compileFilters } from './filters.ts';
import { countedRuns, type Filters } from './flow-run-counts.ts';
import { openTypes } from './state-lists.ts';

interface Span {
  readonly start: string;
  readonly end: string;
  readonly seconds: number;
}

const HOUR = 3600;

/** The full hour at or before an instant, both in microseconds. */
const hourOf = (micros: number) => Math.floor(micros / (HOUR * SECOND)) * HOUR * SECOND;

/**
 * Counts runs by state in intervals of `seconds`, from `start` until `end`, as JSON text. The caller bounds the number of intervals.
 * Intervals of whole hours from a full hour on are made of what is counted of ended runs; of others the runs themselves are read.
 */
export async function readHistory(sql: Sql, noun: 'flow_run' | 'task_run', filters: Filters, span: Span): Promise<string> {
  const { start, end, seconds } = span;
  const step = sql`${seconds} * interval '1 second'`;
  // `offset 0` keeps the planner from taking each instant for an interval of its own: it would sort the runs on disk to group them.
  const history = sql<[{ json: string }]>`
    with interval as (
      select i as interval_start, i + ${step} as interval_end
      from generate_series(${start}::timestamptz, ${end}::timestamptz - interval '1 microsecond', ${step}) i
    ), counted as (
      select interval_start, state_type, state_name, sum(runs)::integer as count_runs,
        sum(run_seconds)::double precision as sum_estimated_run_time, sum(late_seconds)::double precision as sum_estimated_lateness
      from (
        select date_bin(${step}, at, ${start}::timestamptz) as interval_start, state_type, state_name, runs, run_seconds, late_seconds
        from (${countsOf(sql, noun, filters, span)}) r offset 0
      ) binned
      group by 1, 2, 3
    ), states as (
      select interval_start, json_agg(json_build_object('state_type', state_type, 'state_name', state_name, 'count_runs', count_runs,
        'sum_estimated_run_time', sum_estimated_run_time, 'sum_estimated_lateness', sum_estimated_lateness)) as json
      from counted where count_runs <> 0 group by interval_start
    )
    select coalesce(json_agg(json_build_object('interval_start', i.interval_start, 'interval_end', i.interval_end,
      'states', coalesce(s.json, '[]')) order by i.interval_start), '[]')::text as json
    from interval i left join states s using (interval_start)`;
  const [row] = await plannedForItsValues(history);
  return row.json;
}

/** Rows with how many runs they stand for, and the time for which they count. */
function countsOf(sql: Sql, noun: 'flow_run' | 'task_run', filters: Filters, { start, end, seconds }: Span): Fragment {
  const runs = (from: string, until: string) => sql`
    select v.expected_start_time as at, v.state_type, v.state_name, 1 as runs, v.estimated_run_time as run_seconds,
      v.estimated_start_time_delta as late_seconds
    from ${sql(`${noun}_view`)} v
    where v.expected_start_time >= ${from}::timestamptz and v.expected_start_time < ${until}::timestamptz and v.state_type is not null
      and ${compileFilters(sql, noun, filters)}`;
  const isWhole = seconds % HOUR === 0 && hourOf(toMicros(start)) === toMicros(start);
  const counted = noun === 'flow_run' && isWhole ? countedRuns(sql, filters) : undefined;
  if (!counted) return runs(start, end);
  const whole = toInstant(Math.max(toMicros(start), hourOf(toMicros(end))));
  // What is counted of one hour is added up before it becomes a double: as decimals, a run that came and went leaves exactly nothing.
  return sql`
    select c.hour as at, c.state_type, c.state_name, sum(c.runs) as runs, sum(c.run_seconds)::double precision as run_seconds,
      sum(c.late_seconds)::double precision as late_seconds
    from (${counted}) c where c.hour >= ${start}::timestamptz and c.hour < ${whole}::timestamptz
    group by 1, 2, 3
    union all ${runs(start, whole)} and v.state_type in (${openTypes(sql)})
    union all ${runs(whole, end)}`;
}
