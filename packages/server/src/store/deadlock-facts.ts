import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

/** A limit that somebody waits for, and who holds slots of it: tasks of these runs when it is a tag's, the runs when it is a place's. */
export interface HeldLimit {
  readonly kind: 'tag' | 'place';
  readonly name: string;
  readonly limit: number;
  readonly held: readonly { readonly flow_run_id: string; readonly slots: number }[];
}

/** A flow run of which nothing works. It waits for the end of those in `open`, or, when there are none, for slots of its places. */
export interface Asleep {
  readonly flow_run_id: string;
  readonly open: readonly string[];
  readonly places: readonly string[];
}

/** Flow runs in the queue that others wait for, and the places of which they need a slot: one of each list. */
export interface InQueue {
  readonly flow_run_ids: readonly string[];
  readonly needs: readonly (readonly string[])[];
}

/** Active limits of these names, and the flow runs whose tasks hold slots of them. */
export async function readHeldTags(sql: Sql, names: Iterable<string>): Promise<HeldLimit[]> {
  return sql<HeldLimit[]>`
    select 'tag' as kind, c.name, c."limit",
      coalesce(json_agg(json_build_object('flow_run_id', s.flow_run_id, 'slots', s.slots)) filter (where s.id is not null), '[]') as held
    from concurrency_limit c left join concurrency_slot s on s.concurrency_limit_id = c.id and s.holder_type = 'task_run' and s.flow_run_id is not null
      and (s.expires_at is null or s.expires_at > clock_timestamp())
    where c.name = any(${pgArray(names)}::text[]) and c.active group by c.id`;
}

/** Limits of these places, and who holds slots there. The slot of a deployment is never lent. */
export async function readHeldPlaces(sql: Sql, names: Iterable<string>): Promise<HeldLimit[]> {
  return sql<HeldLimit[]>`
    with place as (
      select name, split_part(name, ' ', 1) as kind, split_part(name, ' ', 2)::uuid as id from unnest(${pgArray(names)}::text[]) as name
    ), limited as (
      select p.*, case kind
        when 'worker' then (select concurrency_limit from worker where incarnation_id = p.id)
        when 'pool' then (select concurrency_limit from work_pool where id = p.id)
        when 'deployment' then (select concurrency_limit from deployment where id = p.id)
        else (select concurrency_limit from work_queue where id = p.id)
      end as "limit"
      from place p
    )
    select 'place' as kind, p.name, p."limit", (
      select coalesce(json_agg(json_build_object('flow_run_id', l.flow_run_id, 'slots', 1)), '[]') from flow_run_lease l
      where (l.lent_at is null or p.kind = 'deployment') and p.id = case p.kind
        when 'worker' then l.worker_id when 'pool' then l.work_pool_id when 'deployment' then l.deployment_id else l.work_queue_id end
    ) as held
    from limited p where p."limit" is not null`;
}

/** Flow runs that have lent their slots, those first that did so first. */
export async function readAsleep(sql: Sql): Promise<Asleep[]> {
  return sql<Asleep[]>`
    select l.flow_run_id, (
      select coalesce(json_agg(r.id), '[]') from json_array_elements_text(l.waiting_on -> 'flow_runs') w join flow_run r on r.id = w.value::uuid
      where r.state_type not in ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
    ) as open, to_json(array_remove(array['worker ' || l.worker_id, 'pool ' || l.work_pool_id, 'queue ' || l.work_queue_id], null)) as places
    from flow_run_lease l where l.lent_at is not null order by l.lent_at`;
}

/**
 * What stands in the queue of that for which runs wait that have lent their slots. A worker that was heard within five minutes may be
 * back in a moment: it counts as one that can take them, and so does one that serves other queues, since nobody notes which.
 */
export async function readInQueue(sql: Sql): Promise<InQueue[]> {
  return sql<InQueue[]>`
    select json_agg(distinct r.id) as flow_run_ids, json_build_array(
      json_build_array('pool ' || q.work_pool_id), json_build_array('queue ' || q.id),
      case when r.deployment_id is null then '[]'::json else json_build_array('deployment ' || r.deployment_id) end,
      (select coalesce(json_agg('worker ' || coalesce(w.incarnation_id, w.id)), '[]') from worker w
        where w.work_pool_id = q.work_pool_id and w.last_heartbeat_time > clock_timestamp() - interval '5 minutes')
    ) as needs
    from flow_run_lease l, lateral json_array_elements_text(l.waiting_on -> 'flow_runs') w
      join flow_run r on r.id = w.value::uuid join work_queue q on q.id = r.work_queue_id
    where l.lent_at is not null and r.state_type = 'SCHEDULED' and r.empirical_policy ->> 'retry_type' is distinct from 'in_process'
      and not exists (select from flow_run_lease own where own.flow_run_id = r.id)
    group by q.id, q.work_pool_id, r.deployment_id`;
}
