import { plannedForItsValues, type Sql } from '../db/database.ts';
import { compileFilter, compileParts } from './filters.ts';

interface Span {
  readonly start: string;
  readonly end: string;
  readonly intervals: number;
}

/** One request counts so many lines. By level alone they are counted from an index. */
const MOST_LINES = 100_000;

/** Counts the lines of a filter by level and interval, as JSON text: the newest of the span, as many as one request looks at. */
export async function readLogHistogram(sql: Sql, logs: object | null | undefined, { start, end, intervals }: Span): Promise<string> {
  const newest = sql`
    select v.* from log_view v
    where v.timestamp between ${start}::timestamptz and ${end}::timestamptz
      and ${compileParts(sql, 'log', logs, { flow_run_id: 'v.flow_run_id', timestamp: 'v.timestamp' })}
    order by v.timestamp desc`;
  const histogram = sql<[{ json: string }]>`
    with span as (
      select ${start}::timestamptz as start, greatest((${end}::timestamptz - ${start}::timestamptz) / ${intervals}, interval '1 microsecond') as step
    ), counted as (
      select least(date_bin(step, v.timestamp, start), start + ${intervals - 1} * step) as interval_start, v.level - v.level % 10 as level,
        count(*)::integer as count
      from (${newest} limit ${MOST_LINES}) v cross join span where ${compileFilter(sql, 'log', logs)} group by 1, 2
    ), levels as (
      select interval_start, json_agg(json_build_object('level', level, 'count', count) order by level) as json from counted group by 1
    ), intervals as (
      select json_agg(json_build_object('interval_start', start + i * step, 'interval_end', start + (i + 1) * step,
        'levels', coalesce(levels.json, '[]')) order by i) as json
      from span cross join generate_series(0, ${intervals - 1}) i left join levels on levels.interval_start = start + i * step
    )
    select json_build_object('intervals', (select json from intervals),
      'reached', (select v.timestamp from (${newest} offset ${MOST_LINES - 1} limit 1) v))::text as json`;
  const [row] = await plannedForItsValues(histogram);
  return row.json;
}
