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

/** Active limits of these names, and the flow runs whose tasks hold slots of them. */
export async function readHeldTags(sql: Sql, names: Iterable<string>): Promise<HeldLimit[]> {
  return sql<HeldLimit[]>`
    select 'tag' as kind, c.name, c."limit",
      coalesce(json_agg(json_build_object('flow_run_id', s.flow_run_id, 'slots', s.slots)) filter (where s.id is not null), '[]') as held
    from concurrency_limit c left join concurrency_slot s on s.concurrency_limit_id = c.id and s.holder_type = 'task_run' and s.flow_run_id is not null
      and (s.expires_at is null or s.expires_at > clock_timestamp())
    where c.name = any(${pgArray(names)}::text[]) and c.active group by c.id`;
}

/** Limits of the places that runs have lent their slots of, and who holds slots there. */
export async function readHeldPlaces(sql: Sql): Promise<HeldLimit[]> {
  return sql<HeldLimit[]>`
    with place as (
      select distinct on (name) kind || ' ' || id as name, kind, id
      from flow_run_lease, lateral (values ('worker', worker_id), ('pool', work_pool_id), ('queue', work_queue_id)) as p(kind, id)
      where lent_at is not null and id is not null
    ), limited as (
      select p.*, case kind
        when 'worker' then (select concurrency_limit from worker where incarnation_id = p.id)
        when 'pool' then (select concurrency_limit from work_pool where id = p.id)
        else (select concurrency_limit from work_queue where id = p.id)
      end as "limit"
      from place p
    )
    select 'place' as kind, p.name, p."limit", (
      select coalesce(json_agg(json_build_object('flow_run_id', l.flow_run_id, 'slots', 1)), '[]') from flow_run_lease l
      where l.lent_at is null and p.id = case p.kind when 'worker' then l.worker_id when 'pool' then l.work_pool_id else l.work_queue_id end
    ) as held
    from limited p where p."limit" is not null`;
}

/** Flow runs that have lent their slots, those first that did so first. */
export async function readAsleep(sql: Sql): Promise<Asleep[]> {
  return sql<Asleep[]>`
    select l.flow_run_id, (
      select coalesce(json_agg(r.id), '[]') from json_array_elements_text(l.waiting_on -> 'flow_runs') w join flow_run r on r.id = w.value::uuid
      where r.state_type not in ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')
    ) as open, json_build_array('worker ' || l.worker_id, 'pool ' || l.work_pool_id, 'queue ' || l.work_queue_id) as places
    from flow_run_lease l where l.lent_at is not null order by l.lent_at`;
}
