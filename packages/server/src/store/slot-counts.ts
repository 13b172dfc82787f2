import type { SlotCount } from '@sluice/core/orchestration/run-record';
import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

/** A limit as it stands, with the id of what it limits. */
export interface CountedLimit extends SlotCount {
  readonly id: string;
  /** The pool of a queue. */
  readonly work_pool_id?: string;
  /** How long a run of a deployment keeps its slot while its process is on its way; null for the usual time. */
  readonly grace_period_seconds?: number | null;
}

/*
 * Limits are locked first and counted by a statement of its own: one that waited for a lock would count what was there before it
 * waited. Both are sent at once, since a connection does one after the other. Whoever counts holds the lock until its own slots are
 * written, so two claims never see the same free slot. Freeing takes no lock: it can only make room.
 */

/** Locks and counts the limits of queues, their pools, and deployments; each kind in the order of its ids. */
export async function countPlaces(sql: Sql, queueIds: Iterable<string>, deploymentIds: Iterable<string>): Promise<CountedLimit[]> {
  const queues = pgArray(queueIds);
  const deployments = pgArray(deploymentIds);
  const [, , , rows] = await Promise.all([
    sql`select from work_pool where id in (select work_pool_id from work_queue where id = any(${queues}::uuid[])) order by id for no key update`,
    sql`select from work_queue where id = any(${queues}::uuid[]) order by id for no key update`,
    sql`select from deployment where id = any(${deployments}::uuid[]) and concurrency_limit is not null order by id for no key update`,
    sql<CountedLimit[]>`
      select 'work pool' as kind, p.id, p.name, p.concurrency_limit as limit, p.is_paused as paused, null as work_pool_id, null as collision_strategy,
        null::integer as grace_period_seconds,
        (select count(*)::integer from flow_run_lease l where l.work_pool_id = p.id and l.lent_at is null) as used
      from work_pool p where p.id in (select q.work_pool_id from work_queue q where q.id = any(${queues}::uuid[]))
      union all
      select 'work queue', q.id, q.name, q.concurrency_limit, q.is_paused, q.work_pool_id, null, null,
        (select count(*)::integer from flow_run_lease l where l.work_queue_id = q.id and l.lent_at is null)
      from work_queue q where q.id = any(${queues}::uuid[])
      union all
      select 'deployment', d.id, d.name, d.concurrency_limit, d.paused, null, d.concurrency_options ->> 'collision_strategy',
        (d.concurrency_options ->> 'grace_period_seconds')::integer,
        (select count(*)::integer from flow_run_lease l where l.deployment_id = d.id)
      from deployment d where d.id = any(${deployments}::uuid[]) and (d.concurrency_limit is not null or d.paused)`,
  ]);
  return rows;
}

/** Slots of worker incarnations that new runs cannot have: those in use, and those lent ones that are wanted back. */
export async function countKept(sql: Sql, incarnationIds: Iterable<string>): Promise<Map<string, number>> {
  const rows = await sql<{ id: string; kept: number }[]>`
    select incarnation_id as id, count(*)::integer as kept from flow_run_lease
    where incarnation_id = any(${pgArray(incarnationIds)}::uuid[]) and (lent_at is null or wants_back(waiting_on)) group by incarnation_id`;
  return new Map(rows.map(({ id, kept }) => [id, kept]));
}

/** Slots in use of worker incarnations. Their limit is told by the claim. */
export async function countWorkers(sql: Sql, incarnationIds: Iterable<string>): Promise<Map<string, number>> {
  const rows = await sql<{ id: string; used: number }[]>`
    select incarnation_id as id, count(*)::integer as used from flow_run_lease
    where incarnation_id = any(${pgArray(incarnationIds)}::uuid[]) and lent_at is null group by incarnation_id`;
  return new Map(rows.map(({ id, used }) => [id, used]));
}

/** Locks and counts the limits of tags, and says which task runs hold a slot already. */
export async function countTags(sql: Sql, tags: Iterable<string>): Promise<(CountedLimit & { holders: string[] })[]> {
  const names = pgArray(Array.from(tags, (tag) => `tag:${tag}`));
  const [, limits] = await Promise.all([
    sql`select from concurrency_limit where name = any(${names}::text[]) and active order by id for no key update`,
    sql<(CountedLimit & { holders: string[] })[]>`
      select 'tag' as kind, c.id, substr(c.name, 5) as name, c."limit", u.used, u.holders
      from concurrency_limit c, lateral (
        select coalesce(sum(s.slots), 0)::integer as used, coalesce(json_agg(s.holder_id) filter (where s.holder_type = 'task_run'), '[]') as holders
        from concurrency_slot s where s.concurrency_limit_id = c.id and (s.expires_at is null or s.expires_at > clock_timestamp())
      ) u
      where c.name = any(${names}::text[]) and c.active`,
  ]);
  return limits;
}
