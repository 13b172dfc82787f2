import { SORTS } from '@sluice/core/api/filter-table';
import { sortKey } from '@sluice/core/api/keyset';
import type { Sql } from '../db/database.ts';
import { compileFilter } from './filters.ts';
import { readReach, walk } from './keyset.ts';

interface Span {
  readonly start: string;
  readonly end: string;
  readonly intervals: number;
}

const KEY = sortKey(SORTS.log.TIMESTAMP_DESC);

/** Counts the lines of a filter by level and interval, as JSON text: the newest of the span, as many as one request looks at. */
export async function readLogHistogram(sql: Sql, logs: object | null | undefined, { start, end, intervals }: Span): Promise<string> {
  const walked = walk(sql, 'log_view', { key: KEY, own: logs, between: { start, end } });
  const [[row], reach] = await Promise.all([
    sql<[{ json: string }]>`
      with span as (
        select ${start}::timestamptz as start, (${end}::timestamptz - ${start}::timestamptz) / ${intervals} as step
      ), counted as (
        select least(floor(extract(epoch from v.timestamp - span.start) / nullif(extract(epoch from span.step), 0)), ${intervals - 1})::integer as slot,
          v.level - v.level % 10 as level, count(*)::integer as count
        from (${walked}) v cross join span where ${compileFilter(sql, 'log', logs)} group by 1, 2
      ), levels as (
        select slot, json_agg(json_build_object('level', level, 'count', count) order by level) as json from counted group by slot
      )
      select json_agg(json_build_object('interval_start', span.start + i * span.step, 'interval_end', span.start + (i + 1) * span.step,
        'levels', coalesce(levels.json, '[]')) order by i)::text as json
      from span cross join generate_series(0, ${intervals - 1}) i left join levels on levels.slot = i`,
    readReach(sql, 'log_view', KEY, walked),
  ]);
  return `{"intervals":${row.json},"reached":${JSON.stringify(reach?.reached ?? null)}}`;
}
