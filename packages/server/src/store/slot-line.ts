import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

/*
 * The line for slots is the same at every server: who waits is a row of wait_note, written by the transaction that found no slot for
 * it, under the lock of the limit. So of two who ask at two servers one comes first for both.
 */

export interface LineRow {
  /** The id that the lease will have: who asks again with it, at whichever server, has kept its place. */
  readonly id: string;
  readonly flow_run_id: string | null;
  readonly within: readonly string[];
  readonly limit_names: readonly string[];
  readonly slots: number;
}

/** Where somebody stands: a smaller number comes first. */
export interface Place {
  readonly id: string;
  readonly place: number;
  /** Whether it stood there before. */
  readonly kept: boolean;
}

/** A row counts for so long without a word of its server. */
const TERM_SECONDS = 10;

/**
 * Whether it stands in the line, and whether somebody ahead of it waits for one of its limits. Who waits for more than a limit has
 * holds up nobody. To be asked while the limits are locked.
 */
export async function readStanding(sql: Sql, { id, limit_names }: LineRow): Promise<{ known: boolean; behind: boolean }> {
  const [row] = await sql<[{ known: boolean; behind: boolean }]>`
    select exists (select from wait_note where id = ${id}) as known, exists (
      select from wait_note n
      where n.flow_run_ids is null and n.expires_at > clock_timestamp() and n.limit_names && array(
          select name from concurrency_limit where name = any(${pgArray(limit_names)}::text[]) and active)
        and (n.since, n.id) < (coalesce((select since from wait_note where id = ${id}), 'infinity'), ${id}::uuid)
        and not exists (select from concurrency_limit c where c.name = any(n.limit_names) and c.active and c."limit" < n.slots)
    ) as behind`;
  return row;
}

/** Puts them at the end of the line in this order; who stands there keeps its place. To be done while their limits are locked. */
export async function enterLine(sql: Sql, serverId: string, rows: readonly LineRow[]): Promise<Place[]> {
  return sql<Place[]>`
    insert into wait_note (id, server_id, flow_run_id, within, limit_names, slots, since, expires_at)
    select n.id, ${serverId}, n.flow_run_id, n.within, n.limit_names, n.slots, now.at + n.nth * interval '1 microsecond',
      now.at + ${TERM_SECONDS} * interval '1 second'
    from (select clock_timestamp() as at) now, json_to_recordset(${JSON.stringify(rows.map((row, nth) => ({ ...row, nth })))}::text::json) as n(
      id uuid, flow_run_id uuid, within text[], limit_names text[], slots integer, nth integer)
    on conflict (id) do update set server_id = excluded.server_id, expires_at = excluded.expires_at
    returning id, (extract(epoch from since) * 1000000)::double precision as place, xmax::text <> '0' as kept`;
}

/** Tells that these wait still. Returns those that stand in the line: the others have to enter it again. */
export async function prolongLine(sql: Sql, serverId: string, ids: Iterable<string>): Promise<Set<string>> {
  const rows = await sql<{ id: string }[]>`
    update wait_note set expires_at = clock_timestamp() + ${TERM_SECONDS} * interval '1 second'
    where id = any(${pgArray(ids)}::uuid[]) and server_id = ${serverId} returning id`;
  return new Set(rows.map(({ id }) => id));
}

/** In so many seconds it counts no more. Its place is kept for a while, unless another server has it by now. */
export async function leaveLine(sql: Sql, serverId: string, ids: Iterable<string>, seconds: number): Promise<void> {
  await sql`
    update wait_note set expires_at = clock_timestamp() + ${seconds} * interval '1 second'
    where id = any(${pgArray(ids)}::uuid[]) and server_id = ${serverId}`;
}

/** It has what it waited for, or will never have it. */
export async function removeFromLine(sql: Sql, id: string): Promise<void> {
  await sql`delete from wait_note where id = ${id}`;
}
