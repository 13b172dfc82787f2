import { MOST_COUNTED } from '@sluice/core/api/run-summary';
import type { Sql } from '../db/database.ts';

/** Flows that one answer names. */
const MOST_FLOWS = 200;

/** Queues of a pool, the one that is served first at the top, each with how many runs are due in it and late, up to a bound; as JSON text. */
export async function listQueuesWithWaiting(sql: Sql, poolId: string): Promise<string> {
  const [row] = await sql<[{ json: string }]>`
    select coalesce(json_agg(q order by q.priority, q.id), '[]')::text as json from (
      select v.*, d.waiting, d.late from work_queue_view v cross join lateral (
        select count(*)::integer as waiting, (count(*) filter (where state_name = 'Late'))::integer as late from (
          select r.state_name from flow_run r
          where r.work_queue_id = v.id and r.state_type = 'SCHEDULED' and r.next_scheduled_start_time <= clock_timestamp()
            and r.empirical_policy ->> 'retry_type' is distinct from 'in_process'
          limit ${MOST_COUNTED}) due) d
      where v.work_pool_id = ${poolId}) q`;
  return row.json;
}

/** Names of the flows whose deployments send their runs to a pool, by the ids. */
export async function readFlowNamesOfPool(sql: Sql, poolId: string): Promise<Record<string, string>> {
  const rows = await sql<{ id: string; name: string }[]>`
    select id, name from flow where id in (
      select d.flow_id from deployment d join work_queue q on q.id = d.work_queue_id where q.work_pool_id = ${poolId})
    limit ${MOST_FLOWS}`;
  return Object.fromEntries(rows.map(({ id, name }) => [id, name]));
}
