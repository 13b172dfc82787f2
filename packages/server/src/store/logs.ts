import type { LogCreate } from '@sluice/core/model/log';
import type { Sql } from '../db/database.ts';

export async function insertLogs(sql: Sql, logs: readonly (LogCreate & { id: string })[]): Promise<void> {
  await sql`
    insert into log (id, created, name, level, message, timestamp, flow_run_id, task_run_id)
    select n.id, now(), n.name, n.level, n.message, n.timestamp, n.flow_run_id, n.task_run_id
    from json_to_recordset(${JSON.stringify(logs)}::text::json) as n(
      id uuid, name text, level integer, message text, timestamp timestamptz, flow_run_id uuid, task_run_id uuid)
    on conflict (id) do nothing`;
}

/** Deletes at most `limit` lines older than `days`. */
export async function deleteOldLogs(sql: Sql, days: number, limit: number): Promise<number> {
  const { count } = await sql`
    delete from log where id in (select id from log where timestamp < now() - ${days} * interval '1 day' limit ${limit})`;
  return count;
}
