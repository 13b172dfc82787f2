import type { RouteOutput } from '@sluice/core/api/routes';
import { MOST_COUNTED } from '@sluice/core/api/run-summary';
import type { Sql } from '../db/database.ts';
import { failedTypes } from './state-lists.ts';

type PlaceFacts = Pick<RouteOutput<'GET /overview'>, 'late' | 'failed_last_hour' | 'slots' | 'workers' | 'backlogs'>;

/** More than a page shows at once. */
const MOST_SLOTS = 50;

/** What waits, what fails and how much of each limit is in use, in one statement. Counts stop at a bound. */
export async function readPlaceFacts(sql: Sql): Promise<PlaceFacts> {
  const [row] = await sql<[PlaceFacts]>`
    select
      (select count(*)::integer from (
        select from flow_run where state_type <> 'COMPLETED' and state_type = 'SCHEDULED' and state_name = 'Late' limit ${MOST_COUNTED}) l) as late,
      (select count(*)::integer from (
        select from flow_run where end_time > now() - interval '1 hour' and state_type in (${failedTypes(sql)}) limit ${MOST_COUNTED}) f) as failed_last_hour,
      (select coalesce(json_agg(s order by s.kind desc, s.name), '[]') from (
        select 'work pool' as kind, name, active_slots as used, concurrency_limit as "limit" from work_pool_view where concurrency_limit is not null
        union all
        select 'limit', name, active_slots::integer, "limit" from concurrency_limit_view
        limit ${MOST_SLOTS}) s) as slots,
      (select json_build_object('online', count(*) filter (where status = 'ONLINE'), 'offline', count(*) filter (where status <> 'ONLINE'))
        from worker) as workers,
      (select coalesce(json_agg(b order by b.waiting desc), '[]') from (
        select p.name as work_pool_name, q.name as work_queue_name, d.waiting
        from work_queue q join work_pool p on p.id = q.work_pool_id cross join lateral (
          select count(*)::integer as waiting from (
            select from flow_run r where r.work_queue_id = q.id and r.state_type = 'SCHEDULED' and r.next_scheduled_start_time <= now()
            limit ${MOST_COUNTED}) due) d
        where d.waiting > 0 and not exists (
          select from worker w where w.work_pool_id = p.id and w.status = 'ONLINE' and (w.queues = '{}' or q.name = any(w.queues)))
        limit ${MOST_SLOTS}) b) as backlogs`;
  return row;
}

/** Names of flows by their ids. */
export async function readFlowNames(sql: Sql, ids: readonly string[]): Promise<Record<string, string>> {
  const rows = await sql<
    { id: string; name: string }[]
  >`select id, name from flow where id in (select json_array_elements_text(${JSON.stringify(ids)}::text::json)::uuid)`;
  return Object.fromEntries(rows.map(({ id, name }) => [id, name]));
}
