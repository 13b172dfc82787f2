import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

/** A worker that says nothing of a task for so long has not got it. */
const PATIENCE = '60 seconds';

/** A background task that was given to a worker. */
export interface Delivery {
  readonly task_run_id: string;
  readonly state_id: string;
}

/** Gives a worker the next of the tasks that it knows: one that is due, and that no other worker has. */
export async function giveBackgroundTask(sql: Sql, keys: readonly string[], clientId: string): Promise<Delivery | undefined> {
  const [row] = await sql<Delivery[]>`
    with next as (
      select t.id, t.state_id from task_run t join task_run_state s on s.id = t.state_id left join task_run_delivery d on d.task_run_id = t.id
      where t.state_type = 'SCHEDULED' and t.task_key = any(${pgArray(keys)}::text[])
        and (t.flow_run_id is null or s.state_details ->> 'deferred' = 'true')
        and t.next_scheduled_start_time is not null and t.next_scheduled_start_time <= clock_timestamp()
        and (d.task_run_id is null or d.state_id <> t.state_id or d.expires_at < clock_timestamp())
      order by t.next_scheduled_start_time, t.id limit 1 for update of t skip locked
    )
    insert into task_run_delivery as d (task_run_id, state_id, client_id, expires_at)
    select id, state_id, ${clientId}, clock_timestamp() + ${PATIENCE}::interval from next
    on conflict (task_run_id) do update set state_id = excluded.state_id, client_id = excluded.client_id, expires_at = excluded.expires_at
      where d.state_id <> excluded.state_id or d.expires_at < clock_timestamp()
    returning task_run_id, state_id`;
  return row;
}

/** The worker has it. */
export async function noteDelivered(sql: Sql, { task_run_id, state_id }: Delivery): Promise<void> {
  await sql`update task_run_delivery set expires_at = null where task_run_id = ${task_run_id} and state_id = ${state_id}`;
}

/** The worker has not got it: the next one gets it. */
export async function takeBack(sql: Sql, { task_run_id, state_id }: Delivery): Promise<void> {
  await sql`delete from task_run_delivery where task_run_id = ${task_run_id} and state_id = ${state_id}`;
}
