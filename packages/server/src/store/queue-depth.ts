import type { RouteOutput } from '@sluice/core/api/routes';
import { MOST_COUNTED } from '@sluice/core/api/run-summary';
import type { Sql } from '../db/database.ts';

type QueueDepth = RouteOutput<'GET /work_pools/{name}/queue_depth'>;

/** How much work a pool has, in one statement. What its limits and those of its queues and deployments keep back is not wanted by workers. */
export async function readQueueDepth(sql: Sql, name: string): Promise<QueueDepth | undefined> {
  const [row] = await sql<QueueDepth[]>`
    with pool as (
      select p.id, p.is_paused, p.concurrency_limit,
        (select count(*) from flow_run_lease l where l.work_pool_id = p.id and l.lent_at is null) as running
      from work_pool p where p.name = ${name}
    ), due as (
      select q.id as queue, r.deployment_id, count(*) as waiting
      from pool p join work_queue q on q.work_pool_id = p.id cross join lateral (
        select r.deployment_id from flow_run r
        where r.work_queue_id = q.id and r.state_type = 'SCHEDULED' and r.next_scheduled_start_time <= clock_timestamp()
          and r.empirical_policy ->> 'retry_type' is distinct from 'in_process'
        limit ${MOST_COUNTED}) r
      group by q.id, r.deployment_id
    ), open_deployment as (
      select due.queue, due.waiting, case when d.paused then 0 else greatest(0, least(due.waiting, d.concurrency_limit
        - (select count(*) from flow_run_lease l where l.deployment_id = d.id))) end as startable
      from due left join deployment d on d.id = due.deployment_id
    ), open_queue as (
      select sum(o.waiting) as waiting, case when q.is_paused then 0 else greatest(0, least(sum(o.startable), q.concurrency_limit
        - (select count(*) from flow_run_lease l where l.work_queue_id = q.id and l.lent_at is null))) end as startable
      from open_deployment o join work_queue q on q.id = o.queue
      group by q.id, q.is_paused, q.concurrency_limit
    ), whole as (
      select coalesce(sum(waiting), 0) as waiting, coalesce(sum(startable), 0) as startable from open_queue
    )
    select w.waiting::integer as waiting, p.running::integer as running,
      (p.running + case when p.is_paused then 0 else greatest(0, least(w.startable, p.concurrency_limit - p.running)) end)::integer as wanted
    from pool p cross join whole w`;
  return row;
}
