import type { WaitFacts } from '@sluice/core/waits/wait-facts';
import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';
import { finalTypes } from './state-lists.ts';

const WAIT_SEARCH_LOCK = 7_308_333;

/** Whether anybody waits at all: what a server asks again and again. */
export async function isAnybodyWaiting(sql: Sql): Promise<boolean> {
  const [row] = await sql<[{ waiting: boolean }]>`
    select exists (select from wait_note where expires_at > clock_timestamp()) or exists (select from flow_run_lease where lent_at is not null) as waiting`;
  return row.waiting;
}

/**
 * Who waits for what, and who holds it, in one statement and so as of one moment. Runs that are told to stop wait for nothing, and
 * what stands in a paused pool or queue, or is of a paused deployment, waits for a person. A worker that was heard within five minutes may be back in a moment: it
 * counts as one that can take a run.
 */
export async function readWaitFacts(sql: Sql): Promise<WaitFacts> {
  const [row] = await sql<[WaitFacts]>`
    with note as materialized (
      select n.*, extract(epoch from n.since)::double precision as seconds from wait_note n left join flow_run r on r.id = n.flow_run_id
      where n.expires_at > clock_timestamp() and (n.flow_run_id is null or r.state_type = 'RUNNING')
    ), lent as materialized (
      select l.*, wants_back(l.waiting_on) as wants_back, array(select json_array_elements_text(l.waiting_on -> 'flow_runs')::uuid) as awaited
      from flow_run_lease l join flow_run r on r.id = l.flow_run_id where l.lent_at is not null and r.state_type = 'RUNNING'
    ), open as materialized (
      select r.id, r.state_type, r.work_queue_id, r.deployment_id, r.empirical_policy ->> 'retry_type' as retry_type
      from flow_run r where r.id in (select unnest(flow_run_ids) from note union select unnest(awaited) from lent)
        and r.state_type not in (${finalTypes(sql)})
    ), queued as materialized (
      select o.id, array_remove(array['pool ' || p.id, 'queue ' || q.id, 'deployment ' || o.deployment_id], null) as places,
        array(select 'worker ' || coalesce(w.incarnation_id, w.id) from worker w
          where w.work_pool_id = p.id and (w.queues = '{}' or q.name = any(w.queues))
            and w.last_heartbeat_time > clock_timestamp() - interval '5 minutes') as workers
      from open o join work_queue q on q.id = o.work_queue_id join work_pool p on p.id = q.work_pool_id
      where o.state_type = 'SCHEDULED' and o.retry_type is distinct from 'in_process' and not q.is_paused and not p.is_paused
        and not exists (select from deployment d where d.id = o.deployment_id and d.paused)
        and not exists (select from flow_run_lease own where own.flow_run_id = o.id)
    ), resuming as materialized (
      select flow_run_id, array_remove(array['worker ' || incarnation_id, 'pool ' || work_pool_id, 'queue ' || work_queue_id], null) as places,
        wants_back from lent
    ), place as (
      select name, split_part(name, ' ', 1) as kind, split_part(name, ' ', 2)::uuid as id from (
        select unnest(places) as name from queued union select unnest(workers) from queued union select unnest(places) from resuming
      ) named
    ), limited as (
      select p.*, case kind
        when 'worker' then (select concurrency_limit from worker where incarnation_id = p.id)
        when 'pool' then (select concurrency_limit from work_pool where id = p.id)
        when 'deployment' then (select concurrency_limit from deployment where id = p.id)
        else (select concurrency_limit from work_queue where id = p.id)
      end as "limit"
      from place p
    ), held_place as (
      select p.name, p."limit", (
        select coalesce(json_agg(json_build_object('run', l.flow_run_id, 'slots', 1, 'reserved', p.kind <> 'deployment' and l.lent_at is not null,
          'by', case when p.kind = 'deployment' or l.lent_at is not null then 'run ' else 'places ' end || l.flow_run_id)), '[]')
        from flow_run_lease l
        where (l.lent_at is null or p.kind = 'deployment' or wants_back(l.waiting_on)) and p.id = case p.kind
          when 'worker' then l.incarnation_id when 'pool' then l.work_pool_id when 'deployment' then l.deployment_id else l.work_queue_id end
      ) as held
      from limited p where p."limit" is not null
    ), held_limit as (
      select 'limit ' || c.name as name, c."limit", coalesce(json_agg(json_build_object('run', s.flow_run_id, 'slots', s.slots,
        'by', coalesce(s.unit, case s.holder_type when 'task_run' then 'task ' || s.holder_id when 'flow_run' then 'body ' || s.holder_id end, 'nobody'),
        'explicit', s.holder_type is distinct from 'task_run')) filter (where s.id is not null), '[]') as held
      from concurrency_limit c left join concurrency_slot s on s.concurrency_limit_id = c.id and (s.expires_at is null or s.expires_at > clock_timestamp())
      where c.active and c.name in (select unnest(limit_names) from note) group by c.id
    )
    select
      (select coalesce(json_agg(json_build_object('id', n.id, 'within', n.within, 'run', n.flow_run_id, 'since', n.seconds,
        'limits', array(select 'limit ' || name from unnest(n.limit_names) name), 'slots', n.slots,
        'flow_runs', case when n.flow_run_ids is not null then array(select o.id from open o where o.id = any(n.flow_run_ids)) end)
        order by n.since, n.id), '[]') from note n) as waits,
      (select coalesce(json_agg(json_build_object('run', l.flow_run_id, 'since', extract(epoch from l.lent_at)::double precision,
        'wants_back', l.wants_back, 'flow_runs', array(select o.id from open o where o.id = any(l.awaited)),
        'places', (select r.places from resuming r where r.flow_run_id = l.flow_run_id)) order by l.lent_at), '[]') from lent l) as lent,
      (select coalesce(json_agg(json_build_object('run', q.id, 'places', q.places, 'workers', q.workers)), '[]') from queued q) as queued,
      (select coalesce(json_agg(h), '[]') from (select * from held_place union all select * from held_limit) h) as limits`;
  return row;
}

/** What flow runs, task runs, pools, queues, deployments and workers of these ids are called. */
export async function readNames(sql: Sql, ids: Iterable<string>): Promise<Map<string, string>> {
  const list = pgArray(ids);
  const rows = await sql<{ id: string; name: string }[]>`
    select id, name from flow_run where id = any(${list}::uuid[])
    union all select id, name from task_run where id = any(${list}::uuid[])
    union all select id, name from work_pool where id = any(${list}::uuid[])
    union all select id, name from work_queue where id = any(${list}::uuid[])
    union all select id, name from deployment where id = any(${list}::uuid[])
    union all select coalesce(incarnation_id, id), name from worker where incarnation_id = any(${list}::uuid[]) or id = any(${list}::uuid[])`;
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** One search at a time, of all servers: it sees what the one before has ended. */
export async function lockWaitSearch(sql: Sql): Promise<void> {
  await sql`select pg_advisory_xact_lock(${WAIT_SEARCH_LOCK})`;
}
