import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

export interface WaitNoteRow {
  readonly id: string;
  readonly server_id: string;
  readonly flow_run_id: string | null;
  readonly within: readonly string[];
  readonly flow_run_ids: readonly string[] | null;
  readonly limit_names: readonly string[];
  readonly slots: number;
  /** How long it has stood. */
  readonly age_seconds: number;
}

/** Longer than any request waits. */
const TERM_SECONDS = 90;

/** Writes notes, or prolongs those that stand. */
export async function upsertWaitNotes(sql: Sql, notes: readonly WaitNoteRow[]): Promise<void> {
  await sql`
    insert into wait_note (id, server_id, flow_run_id, within, flow_run_ids, limit_names, slots, since, expires_at)
    select n.id, n.server_id, n.flow_run_id, n.within, n.flow_run_ids, n.limit_names, n.slots,
      clock_timestamp() - n.age_seconds * interval '1 second', clock_timestamp() + ${TERM_SECONDS} * interval '1 second'
    from json_to_recordset(${JSON.stringify(notes)}::text::json) as n(id uuid, server_id uuid, flow_run_id uuid, within text[], flow_run_ids uuid[],
      limit_names text[], slots integer, age_seconds double precision)
    on conflict (id) do update set expires_at = excluded.expires_at, flow_run_ids = excluded.flow_run_ids`;
}

export async function deleteWaitNotes(sql: Sql, ids: Iterable<string>): Promise<void> {
  await sql`delete from wait_note where id = any(${pgArray(ids)}::uuid[])`;
}

/** Notes of servers that did not take them back. */
export async function deleteExpiredWaitNotes(sql: Sql): Promise<void> {
  await sql`delete from wait_note where expires_at < clock_timestamp()`;
}
