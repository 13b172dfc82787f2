import type { GlobalConcurrencyLimitCreate, GlobalConcurrencyLimitUpdate } from '@sluice/core/model/concurrency-limit';
import type { z } from 'zod';
import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';
import { hasKey, type Key } from './key.ts';

/** A limit with its free slots, while the caller holds it locked. */
export interface OpenLimit {
  readonly id: string;
  readonly name: string;
  readonly limit: number;
  readonly slot_decay_per_second: number;
  readonly used: number;
}

/** What a limit of Prefect's first kind is called, which is a tag's. */
const TAG = 'tag:';

/** What the limit of a tag is called. */
export const tagLimitName = (tag: string): string => TAG + tag;
export const tagLimit = (tag: string): Key => ({ name: tagLimitName(tag) });

export async function insertLimit(sql: Sql, id: string, limit: z.output<typeof GlobalConcurrencyLimitCreate>): Promise<boolean> {
  const rows = await sql`
    insert into concurrency_limit (id, created, updated, name, "limit", active, slot_decay_per_second)
    values (${id}, now(), now(), ${limit.name}, ${limit.limit}, ${limit.active}, ${limit.slot_decay_per_second})
    on conflict (name) do nothing returning id`;
  return rows.length > 0;
}

/** Returns the limit's id, or undefined when there is none. */
export async function updateLimit(sql: Sql, key: Key, change: z.output<typeof GlobalConcurrencyLimitUpdate>): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`
    update concurrency_limit set updated = now(), name = coalesce(${change.name ?? null}, name), "limit" = coalesce(${change.limit ?? null}, "limit"),
      active = coalesce(${change.active ?? null}, active), slot_decay_per_second = coalesce(${change.slot_decay_per_second ?? null}, slot_decay_per_second)
    where ${hasKey(sql, key)} returning id`;
  return row?.id;
}

/** Makes a tag's limit or changes its size. True when it was made now. */
export async function upsertTagLimit(sql: Sql, id: string, tag: string, limit: number): Promise<{ id: string; created: boolean }> {
  const [row] = await sql<[{ id: string }]>`
    insert into concurrency_limit (id, created, updated, name, "limit") values (${id}, now(), now(), ${TAG + tag}, ${limit})
    on conflict (name) do update set "limit" = excluded."limit", updated = now() returning id`;
  return { id: row.id, created: row.id === id };
}

export async function deleteLimit(sql: Sql, key: Key): Promise<boolean> {
  const { count } = await sql`delete from concurrency_limit where ${hasKey(sql, key)}`;
  return count > 0;
}

/** Deletes a limit if it is a tag's. */
export async function deleteTagLimit(sql: Sql, id: string): Promise<boolean> {
  const { count } = await sql`delete from concurrency_limit where id = ${id} and starts_with(name, ${TAG})`;
  return count > 0;
}

/** What Prefect's clients are told of the limits they asked for, as the text of a JSON array. */
export async function listLimitRefs(sql: Sql, names: readonly string[]): Promise<string> {
  const [row] = await sql<[{ json: string }]>`
    select coalesce(json_agg(json_build_object('id', id, 'name', name, 'limit', "limit")), '[]')::text as json
    from concurrency_limit where name = any(${pgArray(names)}::text[])`;
  return row.json;
}

/** Locks active limits in the order of their ids, and counts by a statement of its own, which sees what others wrote before they unlocked. */
export async function lockLimits(sql: Sql, names: readonly string[]): Promise<OpenLimit[]> {
  await sql`select from concurrency_limit where name = any(${pgArray(names)}::text[]) and active order by id for no key update`;
  return sql<OpenLimit[]>`
    select c.id, c.name, c."limit", c.slot_decay_per_second,
      (select coalesce(sum(s.slots), 0)::integer from concurrency_slot s
        where s.concurrency_limit_id = c.id and (s.expires_at is null or s.expires_at > clock_timestamp())) as used
    from concurrency_limit c where c.name = any(${pgArray(names)}::text[]) and c.active`;
}

/** The next fencing token of the first of these limits: higher than any it gave before, and than `above`. */
export async function nextToken(sql: Sql, id: string, above: number): Promise<number> {
  const [row] = await sql<[{ token: string }]>`update concurrency_limit set token = greatest(token, ${above}) + 1 where id = ${id} returning token`;
  return Number(row.token);
}

/** Keeps the lease of a flow run from ending while the caller's transaction runs. False when it has ended. */
export async function lockLease(sql: Sql, flowRunId: string, epoch: number): Promise<boolean> {
  const rows = await sql`select from flow_run_lease where flow_run_id = ${flowRunId} and epoch = ${epoch} for share`;
  return rows.length > 0;
}

/** When the slots of a limit that lets go of one every `1 / decay` seconds will all be free; null when they are. */
export async function lastExpiry(sql: Sql, limitId: string): Promise<number> {
  const [row] = await sql<[{ seconds: number }]>`
    select greatest(0, coalesce(extract(epoch from max(expires_at) - clock_timestamp()), 0))::double precision as seconds
    from concurrency_slot where concurrency_limit_id = ${limitId}`;
  return row.seconds;
}

export async function renewSlotLease(sql: Sql, leaseId: string, seconds: number): Promise<boolean> {
  const { count } = await sql`
    update concurrency_slot set expires_at = case when expires_at is null then null else clock_timestamp() + ${seconds} * interval '1 second' end
    where lease_id = ${leaseId} and (expires_at is null or expires_at > clock_timestamp())`;
  return count > 0;
}

const limitsOf = (rows: readonly { concurrency_limit_id: string }[]) => rows.map(({ concurrency_limit_id }) => concurrency_limit_id);

/** These return the ids of the limits that have room now. */
export async function endSlotLease(sql: Sql, leaseId: string): Promise<string[]> {
  return limitsOf(
    await sql<{ concurrency_limit_id: string }[]>`delete from concurrency_slot where lease_id = ${leaseId} returning concurrency_limit_id`,
  );
}

/** Whether this lease was granted already: the answer got lost, and this request is told of it now. */
export async function takeLeaseOver(sql: Sql, leaseId: string, told: string): Promise<boolean> {
  const { count } = await sql`
    update concurrency_slot set told = ${told} where lease_id = ${leaseId} and (expires_at is null or expires_at > clock_timestamp())`;
  return count > 0;
}

/** Ends a lease of which only this request was told. */
export async function endUntoldLease(sql: Sql, leaseId: string, told: string): Promise<string[]> {
  return limitsOf(
    await sql<{ concurrency_limit_id: string }[]>`
      delete from concurrency_slot where lease_id = ${leaseId} and told = ${told} returning concurrency_limit_id`,
  );
}

export async function deleteExpiredSlots(sql: Sql): Promise<string[]> {
  return limitsOf(
    await sql<{ concurrency_limit_id: string }[]>`delete from concurrency_slot where expires_at < clock_timestamp() returning concurrency_limit_id`,
  );
}

/**
 * Frees `slots` slots of each named limit, the oldest first, of those that nobody holds: neither under a lease, nor by name. Of a
 * row that has more than are given back, the rest is kept.
 */
export async function freeAnonymousSlots(sql: Sql, names: readonly string[], slots: number): Promise<string[]> {
  return limitsOf(
    await sql<{ concurrency_limit_id: string }[]>`
      with oldest as (
        select s.id, s.slots, sum(s.slots) over (partition by s.concurrency_limit_id order by s.granted, s.id) - ${slots}::integer as rest
        from concurrency_slot s join concurrency_limit c on c.id = s.concurrency_limit_id
        where c.name = any(${pgArray(names)}::text[]) and s.holder_id is null and s.expires_at is null and s.flow_run_id is null
      ), gone as (
        delete from concurrency_slot s using oldest o where s.id = o.id and o.rest <= 0 returning s.concurrency_limit_id
      ), cut as (
        update concurrency_slot s set slots = o.rest from oldest o where s.id = o.id and o.rest > 0 and o.rest < o.slots
        returning s.concurrency_limit_id
      )
      select concurrency_limit_id from gone union select concurrency_limit_id from cut`,
  );
}

/** Frees what somebody holds of the named limits, whatever for. */
export async function freeSlotsOf(sql: Sql, names: readonly string[], holderId: string): Promise<string[]> {
  return limitsOf(
    await sql<{ concurrency_limit_id: string }[]>`
      delete from concurrency_slot s using concurrency_limit c
      where c.id = s.concurrency_limit_id and c.name = any(${pgArray(names)}::text[]) and s.holder_id = ${holderId}
      returning s.concurrency_limit_id`,
  );
}

export async function freeAllSlots(sql: Sql, limitId: string): Promise<void> {
  await sql`delete from concurrency_slot where concurrency_limit_id = ${limitId}`;
}
