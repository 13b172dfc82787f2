import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

export interface WaitNoteRow {
  readonly id: string;
  readonly server_id: string;
  readonly flow_run_id: string | null;
  readonly within: readonly string[];
  readonly flow_run_ids: readonly string[];
  /** How long it has stood. */
  readonly age_seconds: number;
}

/** Longer than any request waits. */
const TERM_SECONDS = 90;

/** Who waits for the same again within this has waited all the time: at another server too. */
const SAME_WAIT_SECONDS = 2;
/** Places in the line for slots are kept for so long after their row has expired. */
const KEPT_SECONDS = 10;

/** Writes notes, or prolongs those that stand, whichever server has written them. */
export async function upsertWaitNotes(sql: Sql, notes: readonly WaitNoteRow[]): Promise<void> {
  await sql`
    insert into wait_note (id, server_id, flow_run_id, within, flow_run_ids, since, expires_at)
    select n.id, n.server_id, n.flow_run_id, n.within, n.flow_run_ids,
      clock_timestamp() - n.age_seconds * interval '1 second', clock_timestamp() + ${TERM_SECONDS} * interval '1 second'
    from json_to_recordset(${JSON.stringify(notes)}::text::json) as n(id uuid, server_id uuid, flow_run_id uuid, within text[], flow_run_ids uuid[],
      age_seconds double precision)
    on conflict (id) do update set server_id = excluded.server_id, expires_at = excluded.expires_at, flow_run_ids = excluded.flow_run_ids,
      since = case when wait_note.expires_at < clock_timestamp() - ${SAME_WAIT_SECONDS} * interval '1 second' then excluded.since else wait_note.since end`;
}

/** Ends notes that are still this server's. */
export async function endWaitNotes(sql: Sql, serverId: string, ids: Iterable<string>): Promise<void> {
  await sql`update wait_note set expires_at = clock_timestamp() where id = any(${pgArray(ids)}::uuid[]) and server_id = ${serverId}`;
}

/** Notes that nobody has taken up again, or of servers that died. */
export async function deleteExpiredWaitNotes(sql: Sql): Promise<void> {
  await sql`delete from wait_note where expires_at < clock_timestamp() - ${KEPT_SECONDS} * interval '1 second'`;
}
