import type { LIMIT_KINDS } from '@sluice/core/model/limit-use';
import type { Fragment, Sql } from '../db/database.ts';

type Kind = (typeof LIMIT_KINDS)[number];

/** So many an answer holds of each: limits, the fullest first; holders and waiters of one; and due runs of a queue that are looked at. */
const LIMITS = 200;
const HOLDERS = 100;
const WAITERS = 50;
const DUE = 1000;

const isFree = (sql: Sql): Fragment => sql`s.expires_at is not null and s.expires_at <= clock_timestamp()`;

const queues = (sql: Sql): Fragment => sql`
  n.flow_run_ids is null and c.name = any(n.limit_names) and n.expires_at > clock_timestamp()`;

/** Limits by name: their slots are rows, and who waits is noted. */
const named = (sql: Sql): Fragment => sql`
  select case when starts_with(c.name, 'tag:') then 'tag' else 'global' end as kind, c.id,
    case when starts_with(c.name, 'tag:') then substr(c.name, 5) else c.name end as name, c."limit", c.active, false as paused,
    (select coalesce(sum(s.slots), 0)::integer from concurrency_slot s where s.concurrency_limit_id = c.id and not (${isFree(sql)} is true)) as used,
    (select coalesce(json_agg(h), '[]') from (
      select f.id as flow_run_id, f.name as flow_run_name, case when s.holder_type = 'task_run' then s.holder_id end as task_run_id,
        t.name as task_run_name, s.slots, s.granted as since, coalesce(s.expires_at, l.expires_at) as until, f.worker_name, false as reserved
      from concurrency_slot s left join task_run t on s.holder_type = 'task_run' and t.id = s.holder_id
        left join flow_run f on f.id = coalesce(t.flow_run_id, s.flow_run_id, case when s.holder_type = 'flow_run' then s.holder_id end)
        left join flow_run_lease l on l.flow_run_id = s.flow_run_id
      where s.concurrency_limit_id = c.id and not (${isFree(sql)} is true) order by s.granted, s.id limit ${HOLDERS}
    ) h) as holders,
    (select coalesce(json_agg(w), '[]') from (
      select f.id as flow_run_id, f.name as flow_run_name, t.id as task_run_id, t.name as task_run_name, n.slots, n.since
      from (
        select n.*, case when n.within[1] like 'task %' then substr(n.within[1], 6)::uuid end as task_id from wait_note n
        where ${queues(sql)}
      ) n left join task_run t on t.id = n.task_id left join flow_run f on f.id = n.flow_run_id
      order by n.since, n.id limit ${WAITERS}
    ) w) as waiters,
    (select count(*)::integer from wait_note n where ${queues(sql)}) as waiting
  from concurrency_limit c`;

interface Place {
  readonly table: 'work_pool' | 'work_queue' | 'deployment';
  readonly name: Fragment;
  readonly paused: Fragment;
  /** A deployment's slots are never lent. */
  readonly lends: boolean;
}

/** Limits of where runs are: a run's lease holds its slots, and who waits are the runs that are due there. */
function places(sql: Sql, { table, name, paused, lends }: Place): Fragment {
  const column = sql(`${table}_id`);
  const counts = lends ? sql`(l.lent_at is null or wants_back(l.waiting_on))` : sql`true`;
  return sql`
    select ${table} as kind, p.id, ${name} as name, p.concurrency_limit as "limit", true as active, ${paused} as paused,
      (select count(*)::integer from flow_run_lease l where l.${column} = p.id and ${counts}) as used,
      (select coalesce(json_agg(h), '[]') from (
        select f.id as flow_run_id, f.name as flow_run_name, null::uuid as task_run_id, null::text as task_run_name, 1 as slots,
          l.granted as since, l.expires_at as until, f.worker_name, ${lends} and l.lent_at is not null as reserved
        from flow_run_lease l join flow_run f on f.id = l.flow_run_id where l.${column} = p.id and ${counts}
        order by l.granted, l.flow_run_id limit ${HOLDERS}
      ) h) as holders,
      (select coalesce(json_agg(w), '[]') from (
        select d.id as flow_run_id, d.name as flow_run_name, null::uuid as task_run_id, null::text as task_run_name, 1 as slots, d.since
        from due d where d.${column} = p.id order by d.priority, d.is_top, d.since, d.id limit ${WAITERS}
      ) w) as waiters,
      (select count(*)::integer from due d where d.${column} = p.id) as waiting
    from ${sql(table)} p`;
}

/** Runs that are due, in the order of claims within each queue. Of a long queue those that have been due for longest. */
const due = (sql: Sql): Fragment => sql`
  select r.id, r.name, r.deployment_id, q.id as work_queue_id, q.work_pool_id, q.priority, r.parent_task_run_id is null as is_top,
    r.next_scheduled_start_time as since
  from work_queue q cross join lateral (
    select * from flow_run r where r.work_queue_id = q.id and r.state_type = 'SCHEDULED' and r.next_scheduled_start_time <= clock_timestamp()
      and r.empirical_policy ->> 'retry_type' is distinct from 'in_process'
    order by r.next_scheduled_start_time limit ${DUE}
  ) r`;

interface Wanted {
  readonly kind: Kind | null;
  /** One alone, also when it has no limit. */
  readonly id: string | null;
}

/** Where slots are: limits of all kinds, each with who holds it and who waits, as the text of a JSON array. */
export async function listLimitUse(sql: Sql, { kind, id }: Wanted): Promise<string> {
  const queueName = sql`(select o.name || '/' || p.name from work_pool o where o.id = p.work_pool_id)`;
  const deploymentName = sql`(select f.name || '/' || p.name from flow f where f.id = p.flow_id)`;
  const [row] = await sql<[{ json: string }]>`
    with due as materialized (${due(sql)}), every as (
      ${named(sql)}
      union all ${places(sql, { table: 'work_pool', name: sql`p.name`, paused: sql`p.is_paused`, lends: true })}
      union all ${places(sql, { table: 'work_queue', name: queueName, paused: sql`p.is_paused`, lends: true })}
      union all ${places(sql, { table: 'deployment', name: deploymentName, paused: sql`p.paused`, lends: false })}
    )
    select coalesce(json_agg(e), '[]')::text as json from (
      select * from every e
      where (${kind}::text is null or e.kind = ${kind}) and case when ${id}::uuid is null then e."limit" is not null else e.id = ${id} end
      order by e.used::double precision / greatest(e."limit", 1) desc nulls last, e.waiting desc, e.kind, e.name limit ${LIMITS}
    ) e`;
  return row.json;
}
