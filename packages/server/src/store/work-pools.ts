import type { JsonObject } from '@sluice/core/lib/json';
import type { WorkPoolCreate, WorkPoolUpdate, WorkQueueCreate, WorkQueueUpdate } from '@sluice/core/model/work-pool';
import type { z } from 'zod';
import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

type Output<S extends z.ZodType> = z.output<S>;
const json = (value: unknown) => (value === undefined || value === null ? null : JSON.stringify(value));

/** Makes the pool with its queue `default`. False when there is one of this name. */
export async function insertWorkPool(sql: Sql, id: string, queueId: string, pool: Output<typeof WorkPoolCreate>): Promise<boolean> {
  const rows = await sql`
    insert into work_pool (id, created, updated, name, description, type, base_job_template, is_paused, concurrency_limit, default_queue_id,
      storage_configuration)
    values (${id}, now(), now(), ${pool.name}, ${pool.description ?? null}, ${pool.type}, ${json(pool.base_job_template)}::text::json,
      ${pool.is_paused}, ${pool.concurrency_limit ?? null}, ${queueId}, ${json(pool.storage_configuration ?? {})}::text::json)
    on conflict (name) do nothing returning id`;
  if (rows.length === 0) return false;
  await insertWorkQueue(sql, queueId, id, { name: 'default', description: 'The work pool\u2019s default queue.', is_paused: false });
  return true;
}

export async function updateWorkPool(sql: Sql, name: string, change: Output<typeof WorkPoolUpdate>): Promise<boolean> {
  const { count } = await sql`
    update work_pool set updated = now(),
      description = case when ${'description' in change} then ${change.description ?? null} else description end,
      is_paused = coalesce(${change.is_paused ?? null}, is_paused),
      base_job_template = coalesce(${json(change.base_job_template)}::text::json, base_job_template),
      concurrency_limit = case when ${'concurrency_limit' in change} then ${change.concurrency_limit ?? null}::integer else concurrency_limit end,
      storage_configuration = coalesce(${json(change.storage_configuration)}::text::json, storage_configuration)
    where name = ${name}`;
  return count > 0;
}

export async function deleteWorkPool(sql: Sql, name: string): Promise<boolean> {
  const { count } = await sql`delete from work_pool where name = ${name}`;
  return count > 0;
}

export async function readPoolId(sql: Sql, name: string): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`select id from work_pool where name = ${name}`;
  return row?.id;
}

/** The base job template of a pool; undefined when there is no such pool. */
export async function readTemplate(sql: Sql, name: string): Promise<JsonObject | undefined> {
  const [row] = await sql<{ base_job_template: JsonObject }[]>`select base_job_template from work_pool where name = ${name}`;
  return row?.base_job_template;
}

/** The queue of this name in a pool, or the pool's own default when no name is given. */
export async function readQueueId(sql: Sql, pool: string, queue: string | null | undefined): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`
    select coalesce(q.id, case when ${queue ?? null}::text is null then p.default_queue_id end) as id
    from work_pool p left join work_queue q on q.work_pool_id = p.id and q.name = ${queue ?? null}
    where p.name = ${pool}`;
  return row?.id ?? undefined;
}

/**
 * Makes a queue of the next free priority unless one is given; others make room for that. False when there is one of this name. In
 * a transaction of the caller's: the pool is locked, or two that are made at once would choose the same priority.
 */
export async function insertWorkQueue(sql: Sql, id: string, poolId: string, queue: Output<typeof WorkQueueCreate>): Promise<boolean> {
  await sql`select from work_pool where id = ${poolId} for no key update`;
  if (queue.priority) await shiftPriorities(sql, poolId, queue.priority);
  const rows = await sql`
    insert into work_queue (id, created, updated, name, description, is_paused, concurrency_limit, priority, work_pool_id, filter)
    values (${id}, now(), now(), ${queue.name}, ${queue.description ?? null}, ${queue.is_paused}, ${queue.concurrency_limit ?? null},
      coalesce(${queue.priority ?? null}::integer, (select coalesce(max(priority), 0) + 1 from work_queue where work_pool_id = ${poolId})),
      ${poolId}, ${json(queue.filter)}::text::json)
    on conflict (work_pool_id, name) do nothing returning id`;
  return rows.length > 0;
}

export async function updateWorkQueue(sql: Sql, id: string, poolId: string, change: Output<typeof WorkQueueUpdate>): Promise<void> {
  await sql`select from work_pool where id = ${poolId} for no key update`;
  if (change.priority) await shiftPriorities(sql, poolId, change.priority, id);
  await sql`
    update work_queue set updated = now(),
      name = coalesce(${change.name ?? null}, name),
      description = case when ${'description' in change} then ${change.description ?? null} else description end,
      is_paused = coalesce(${change.is_paused ?? null}, is_paused),
      concurrency_limit = case when ${'concurrency_limit' in change} then ${change.concurrency_limit ?? null}::integer else concurrency_limit end,
      priority = coalesce(${change.priority ?? null}, priority),
      last_polled = coalesce(${change.last_polled ?? null}::timestamptz, last_polled)
    where id = ${id}`;
}

/** Makes a priority free by moving its queue, and those right behind it, one back. */
async function shiftPriorities(sql: Sql, poolId: string, priority: number, except?: string): Promise<void> {
  await sql`
    with recursive taken as (
      select id, priority from work_queue where work_pool_id = ${poolId} and priority = ${priority} and id is distinct from ${except ?? null}
      union all
      select q.id, q.priority from work_queue q join taken t on q.priority = t.priority + 1
      where q.work_pool_id = ${poolId} and q.id is distinct from ${except ?? null}
    )
    update work_queue q set priority = q.priority + 1, updated = now() from taken t where q.id = t.id`;
}

export async function deleteWorkQueue(sql: Sql, id: string): Promise<void> {
  await sql`delete from work_queue where id = ${id}`;
}

/** Notes that somebody asks these queues for runs, all of the pool's when none is named. It says only what a list shows as ready: no claim fails for it. */
export async function notePolled(sql: Sql, poolId: string, queues: readonly string[] | null): Promise<void> {
  const polled = sql`
    update work_queue set last_polled = now()
    where work_pool_id = ${poolId} and (${queues === null} or name = any(${pgArray(queues ?? [])}::text[]))`;
  await polled.catch(() => {});
}

/** The queues of a pool, the first in line first. */
export async function listQueueNames(sql: Sql, poolId: string): Promise<{ id: string; name: string }[]> {
  return sql<{ id: string; name: string }[]>`select id, name from work_queue where work_pool_id = ${poolId} order by priority, id`;
}

/** Whether a queue is the one that its pool falls back to. */
export async function isDefaultQueue(sql: Sql, id: string): Promise<boolean> {
  const rows = await sql`select from work_pool where default_queue_id = ${id}`;
  return rows.length > 0;
}
