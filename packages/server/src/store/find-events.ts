import type { BoundedFilter } from '@sluice/core/events/event-filter';
import { type Fragment, plannedForItsValues, type Sql } from '../db/database.ts';
import { type EventSource, sourcesOf } from './event-sources.ts';
import { eventWhere } from './event-where.ts';

/** The last event that was read. */
export interface EventMark {
  readonly occurred: string;
  readonly id: string;
}

export interface FoundEvents {
  /** Each as the JSON text that goes over the wire. */
  readonly events: readonly string[];
  /** Undefined when there are no more. */
  readonly next: EventMark | undefined;
}

const union = (sql: Sql, parts: readonly Fragment[]): Fragment => parts.reduce((all, next) => sql`${all} union all ${next}`);

/** A page of events in the order of the filter, from behind `after`. */
export async function findEvents(
  sql: Sql,
  filter: BoundedFilter,
  { limit, after }: { limit: number; after?: EventMark | undefined },
): Promise<FoundEvents> {
  const isAscending = filter.order === 'ASC';
  const order = isAscending ? sql`occurred, id` : sql`occurred desc, id desc`;
  const place = after && sql`(${after.occurred}::timestamptz, ${after.id}::uuid)`;
  const isBehind = (of: Fragment) => (place ? (isAscending ? sql`(${of}) > ${place}` : sql`(${of}) < ${place}`) : sql`true`);
  const columns = sql`v.id, v.occurred, v.event, v.resource_id, v.resource, v.related, v.payload, v.follows, v.received`;
  const ofSource = (source: EventSource) => {
    const where = sql`from ${sql(source.view)} v where ${eventWhere(sql, source, filter)}`;
    // Distinct resources are told apart over all sources, before any page is cut.
    return filter.resource?.distinct
      ? sql`select ${columns} ${where}`
      : sql`(select ${columns} ${where} and ${isBehind(sql`v.occurred, v.id`)} order by ${isAscending ? sql`v.occurred, v.id` : sql`v.occurred desc, v.id desc`} limit ${limit + 1})`;
  };
  const found = union(sql, sourcesOf(filter).map(ofSource));
  const page = filter.resource?.distinct
    ? sql`select * from (select distinct on (resource_id) * from (${found}) every_one order by resource_id, ${order}) one where ${isBehind(sql`occurred, id`)}`
    : found;
  const rows = await sql<{ json: string; occurred: string; id: string }[]>`
    select row_to_json(w)::text as json, w.occurred::text as occurred, w.id from (select id, occurred, event, resource, related, payload, follows, received
      from (${page}) p order by ${order} limit ${limit + 1}) w order by ${order}`;
  const last = rows[limit - 1];
  return {
    events: rows.slice(0, limit).map(({ json }) => json),
    next: rows.length > limit && last ? { occurred: last.occurred, id: last.id } : undefined,
  };
}

/** How many events a filter finds. */
export async function countEvents(sql: Sql, filter: BoundedFilter): Promise<number> {
  const what = filter.resource?.distinct ? sql`count(distinct resource_id)` : sql`sum(n)`;
  const columns = filter.resource?.distinct ? sql`distinct v.resource_id` : sql`count(*) as n`;
  const counts = sourcesOf(filter).map((source) => sql`select ${columns} from ${sql(source.view)} v where ${eventWhere(sql, source, filter)}`);
  const [row] = await plannedForItsValues(sql<[{ total: string | null }]>`select ${what}::bigint as total from (${union(sql, counts)}) c`);
  return Number(row.total ?? 0);
}

/** Counts events by their names or by their resources, most first; a resource is called what it was called last. */
export async function tallyEvents(sql: Sql, filter: BoundedFilter, by: 'event' | 'resource'): Promise<string> {
  const columns =
    by === 'event'
      ? sql`v.event as value, v.event as label, v.occurred`
      : sql`v.resource_id as value, coalesce(v.resource ->> 'prefect.resource.name', v.resource ->> 'prefect.name', v.resource_id) as label, v.occurred`;
  const found = sourcesOf(filter).map((source) => sql`select ${columns} from ${sql(source.view)} v where ${eventWhere(sql, source, filter)}`);
  const tally = sql<[{ json: string }]>`
    select coalesce(json_agg(t order by count desc, label), '[]')::text as json from (
      select value, (array_agg(label order by occurred desc))[1] as label, count(*)::integer as count, min(occurred) as start_time,
        max(occurred) as end_time
      from (${union(sql, found)}) e group by value
    ) t`;
  const [row] = await plannedForItsValues(tally);
  return row.json;
}

/** Counts events by spans of so many seconds since an instant: the number of the span, and how many. */
export async function tallyEventsByTime(
  sql: Sql,
  filter: BoundedFilter,
  { pivot, seconds }: { pivot: string; seconds: number },
): Promise<Map<number, number>> {
  const index = sql`floor(extract(epoch from v.occurred - ${pivot}::timestamptz) / ${seconds}::double precision)::bigint as place`;
  const found = sourcesOf(filter).map((source) => sql`select ${index} from ${sql(source.view)} v where ${eventWhere(sql, source, filter)}`);
  const counts = sql<{ place: string; count: number }[]>`select place, count(*)::integer as count from (${union(sql, found)}) e group by place`;
  const rows = await plannedForItsValues(counts);
  return new Map(rows.map(({ place, count }) => [Number(place), count]));
}
