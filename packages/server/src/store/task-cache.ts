import type { State } from '@sluice/core/model/state';
import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

export interface CacheEntry {
  readonly task_run_state_id: string;
  readonly cache_key: string;
  readonly cache_expiration: string | null;
}

/** What each of these keys has: the newest state that has not expired. */
export async function readCached(sql: Sql, keys: ReadonlySet<string>): Promise<Map<string, State>> {
  const rows = await sql<{ found: { key: string; state: State } }[]>`
    select json_build_object('key', k.key, 'state', json_build_object('id', s.id, 'type', s.type, 'name', s.name, 'timestamp', s.timestamp,
      'message', s.message, 'data', s.data, 'state_details', s.state_details)) as found
    from unnest(${pgArray(keys)}::text[]) as k(key) cross join lateral (
      select s.* from task_run_state_cache c join task_run_state s on s.id = c.task_run_state_id
      where md5(c.cache_key) = md5(k.key) and c.cache_key = k.key and (c.cache_expiration is null or c.cache_expiration > clock_timestamp())
      order by s.timestamp desc limit 1
    ) s`;
  return new Map(rows.map(({ found }) => [found.key, found.state]));
}

export async function insertCached(sql: Sql, entries: readonly CacheEntry[]): Promise<void> {
  await sql`
    insert into task_run_state_cache (task_run_state_id, cache_key, cache_expiration)
    select n.task_run_state_id, n.cache_key, n.cache_expiration
    from json_to_recordset(${JSON.stringify(entries)}::text::json) as n(task_run_state_id uuid, cache_key text, cache_expiration timestamptz)
    on conflict do nothing`;
}

/** Deletes at most `limit` entries that have expired. Returns how many it took. */
export async function deleteExpiredCached(sql: Sql, limit: number): Promise<number> {
  const { count } = await sql`
    delete from task_run_state_cache where task_run_state_id in (
      select task_run_state_id from task_run_state_cache where cache_expiration < now() limit ${limit} for update skip locked)`;
  return count;
}
