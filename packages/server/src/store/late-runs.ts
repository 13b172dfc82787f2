import type { Sql } from '../db/database.ts';
import { stoppableTypes } from './state-lists.ts';

/** Runs that wait under the name Scheduled and should have started `seconds` ago. */
export async function readLateRuns(sql: Sql, seconds: number): Promise<{ id: string; scheduled_time: string }[]> {
  return sql<{ id: string; scheduled_time: string }[]>`
    select id, to_json(next_scheduled_start_time) #>> '{}' as scheduled_time from flow_run
    where state_type = 'SCHEDULED' and state_name = 'Scheduled' and next_scheduled_start_time < clock_timestamp() - ${seconds} * interval '1 second'
    order by next_scheduled_start_time limit 400`;
}

/** Runs that are open though their parent was cancelled: a crash came between the parent's cancellation and theirs. */
export async function readOrphanedByCancel(sql: Sql): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select c.id from flow_run p join task_run t on t.flow_run_id = p.id join flow_run c on c.parent_task_run_id = t.id
    where p.state_type in ('CANCELLING', 'CANCELLED') and p.updated > now() - interval '1 day'
      and c.state_type in (${stoppableTypes(sql)}) limit 400`;
  return rows.map(({ id }) => id);
}

/** Runs that are being cancelled and have no lease: nobody is there who could say that they have stopped. */
export async function readStuckCancelling(sql: Sql, seconds: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select r.id from flow_run r left join flow_run_lease l on l.flow_run_id = r.id
    where r.state_type = 'CANCELLING' and (l.flow_run_id is null or l.expires_at is null)
      and r.state_timestamp < now() - ${seconds} * interval '1 second' limit 400`;
  return rows.map(({ id }) => id);
}

/** Runs whose pause is over, and that nobody has resumed. */
export async function readExpiredPauses(sql: Sql): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select r.id from flow_run r join flow_run_state s on s.id = r.state_id
    where r.state_type = 'PAUSED' and (s.state_details ->> 'pause_timeout')::timestamptz < clock_timestamp() limit 400`;
  return rows.map(({ id }) => id);
}
