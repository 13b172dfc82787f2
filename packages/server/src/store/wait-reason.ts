import type { WaitReasonFacts } from '@sluice/core/waits/wait-reason';
import type { Fragment, Sql } from '../db/database.ts';
import { isIn } from './code-language.ts';
import { finalTypes } from './state-lists.ts';

/** Who holds slots of a place, as names; those first that came first. */
const heldPlace = (sql: Sql, column: 'work_pool_id' | 'work_queue_id' | 'deployment_id', lent: boolean): Fragment => sql`
  (select coalesce(json_agg(h.name order by l.granted), '[]') from flow_run_lease l join flow_run h on h.id = l.flow_run_id
    where l.${sql(column)} = p.id and (${lent} or l.lent_at is null or wants_back(l.waiting_on)))`;

const placeFacts = (sql: Sql, table: 'work_pool' | 'work_queue' | 'deployment', id: Fragment): Fragment => {
  const column = `${table}_id` as const;
  const lent = table === 'deployment';
  const paused = lent ? sql`p.paused` : sql`p.is_paused`;
  const commandName = lent ? sql`(select f.name || '/' || p.name from flow f where f.id = p.flow_id)` : sql`p.name`;
  return sql`(select json_build_object('name', p.name, 'limit', p.concurrency_limit, 'paused', ${paused}, 'command_name', ${commandName},
    'used', (select count(*) from flow_run_lease l where l.${sql(column)} = p.id and (${lent} or l.lent_at is null or wants_back(l.waiting_on))),
    'held_by', case when p.concurrency_limit is not null then ${heldPlace(sql, column, lent)} else '[]' end)
    from ${sql(table)} p where p.id = ${id})`;
};

/** What of these notes queues for, with the holders and the place in the line, in the order of arrival. */
const queuing = (sql: Sql, where: Fragment): Fragment => sql`
  (select coalesce(json_agg(json_build_object('task', n.within[1] like 'task %', 'slots', n.slots,
    'ahead', (select count(*) from wait_note b where (b.since, b.id) < (n.since, n.id) and b.flow_run_ids is null and b.limit_names && n.limit_names
      and b.expires_at > clock_timestamp()),
    'limits', (select coalesce(json_agg(json_build_object('name', c.name, 'limit', c."limit",
      'used', (select coalesce(sum(s.slots), 0) from concurrency_slot s where s.concurrency_limit_id = c.id
        and (s.expires_at is null or s.expires_at > clock_timestamp())),
      'held_by', (select coalesce(json_agg(coalesce('task ' || t.name || ' of ' || tf.name, f.name, 'a client') order by s.granted), '[]')
        from concurrency_slot s left join task_run t on t.id = s.holder_id left join flow_run tf on tf.id = t.flow_run_id
          left join flow_run f on f.id = coalesce(s.flow_run_id, s.holder_id)
        where s.concurrency_limit_id = c.id and (s.expires_at is null or s.expires_at > clock_timestamp())))), '[]')
      from concurrency_limit c where c.name = any(n.limit_names) and c.active)) order by n.since), '[]')
    from wait_note n where n.flow_run_ids is null and n.expires_at > clock_timestamp() and ${where})`;

/** All that says why a flow run waits, in one statement; undefined when there is no such run. */
export async function readWaitReasonFacts(sql: Sql, id: string): Promise<WaitReasonFacts | undefined> {
  const [row] = await sql<{ facts: WaitReasonFacts }[]>`
    select json_build_object(
      'id', r.id, 'state_type', r.state_type, 'state_name', r.state_name,
      'due_seconds', extract(epoch from coalesce(r.next_scheduled_start_time, case when r.state_type = 'PENDING' then
        (select (s.state_details ->> 'scheduled_time')::timestamptz from flow_run_state s where s.id = r.state_id) end) - clock_timestamp())::double precision,
      'asks', r.state_type = 'PAUSED' and exists (
        select from flow_run_state s where s.id = r.state_id and s.state_details ->> 'run_input_keyset' is not null),
      'in_process', r.empirical_policy ->> 'retry_type' is not distinct from 'in_process',
      'worker_name', r.worker_name,
      'pool', ${placeFacts(sql, 'work_pool', sql`q.work_pool_id`)},
      'queue', ${placeFacts(sql, 'work_queue', sql`q.id`)},
      'deployment', ${placeFacts(sql, 'deployment', sql`r.deployment_id`)},
      'homeless', r.work_queue_id is null and r.created_by ->> 'type' = 'DEPLOYMENT',
      'lost_deployment', case when r.deployment_id is null and r.created_by ->> 'type' = 'DEPLOYMENT' then r.created_by ->> 'display_value' end,
      'retry_seconds', case when r.state_type = 'RUNNING' then (
        select extract(epoch from min(t.next_scheduled_start_time) filter (where t.state_name = 'AwaitingRetry') - clock_timestamp())::double precision
        from task_run t where t.flow_run_id = r.id having not bool_or(t.state_type = 'RUNNING')) end,
      'workers', (select coalesce(json_agg(json_build_object('name', w.name, 'online', w.status = 'ONLINE', 'limit', w.concurrency_limit,
        'used', coalesce(w.active_slots, 0), 'serves', (select s.queues = '{}' or q.name = any(s.queues) from worker s where s.id = w.id),
        'language', case when exists (select from worker s where s.id = w.id and s.incarnation_id is not null) then 'typescript' else 'python' end)), '[]')
        from worker_view w where w.work_pool_id = q.work_pool_id),
      'language', case when ${isIn(sql, 'typescript')} then 'typescript' when ${isIn(sql, 'python')} then 'python' end,
      'ahead', case when r.state_type = 'SCHEDULED' then (
        select count(*) from work_queue oq join flow_run o on o.work_queue_id = oq.id
        where oq.work_pool_id = q.work_pool_id and o.state_type = 'SCHEDULED' and o.next_scheduled_start_time <= clock_timestamp()
          and (oq.priority, o.parent_task_run_id is null, o.next_scheduled_start_time, o.id)
            < (q.priority, r.parent_task_run_id is null, r.next_scheduled_start_time, r.id)) else 0 end,
      'queuing', ${queuing(sql, sql`(n.flow_run_id = r.id or ('body ' || r.id) = any(n.within))`)},
      'waiting', (
        select json_build_object('slot', (select l.waiting_on ->> 'slot' from flow_run_lease l where l.flow_run_id = r.id),
          'lent', coalesce((select l.lent_at is not null from flow_run_lease l where l.flow_run_id = r.id), false), 'all', count(a.id),
          'open', coalesce(json_agg(o.name order by o.id) filter (where o.id is not null), '[]'))
        from (
          select v::uuid as id from flow_run_lease l, json_array_elements_text(l.waiting_on -> 'flow_runs') v where l.flow_run_id = r.id
          union select unnest(n.flow_run_ids) from wait_note n
            where n.expires_at > clock_timestamp() and (n.flow_run_id = r.id or ('body ' || r.id) = any(n.within))
        ) a left join flow_run o on o.id = a.id and o.state_type not in (${finalTypes(sql)})
        having count(a.id) > 0 or exists (select from flow_run_lease l where l.flow_run_id = r.id and l.lent_at is not null)
      )) as facts
    from flow_run r left join work_queue q on q.id = r.work_queue_id left join deployment d on d.id = r.deployment_id where r.id = ${id}`;
  return row?.facts;
}

/** For what a task queues: it may have no task run before it has its slots. */
export async function readTaskQueuing(sql: Sql, id: string): Promise<WaitReasonFacts['queuing']> {
  const [row] = await sql<
    [{ queuing: WaitReasonFacts['queuing'] }]
  >`select ${queuing(sql, sql`('task ' || ${id}::text) = any(n.within)`)} as queuing`;
  return row.queuing;
}
