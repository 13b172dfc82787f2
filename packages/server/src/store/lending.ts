import type { WaitingOn } from '@sluice/core/model/flow-run';
import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

export interface LentLease {
  readonly flow_run_id: string;
  readonly epoch: number;
  readonly incarnation_id: string | null;
  readonly work_pool_id: string | null;
  readonly work_queue_id: string | null;
}

/** Notes what a lease's holder waits for, and lends its slots of worker, pool and queue. False when the lease has ended. */
export async function lendSlots(sql: Sql, flowRunId: string, epoch: number, waitingOn: WaitingOn): Promise<boolean> {
  const { count } = await sql`
    update flow_run_lease set lent_at = coalesce(lent_at, clock_timestamp()), waiting_on = ${JSON.stringify(waitingOn)}::text::json
    where flow_run_id = ${flowRunId} and epoch = ${epoch}`;
  return count > 0;
}

/** Runs that have lent their slots and now wait for nothing but them, those that lent first first. */
export async function readWantingBack(sql: Sql): Promise<{ flow_run_id: string; epoch: number }[]> {
  return sql<{ flow_run_id: string; epoch: number }[]>`
    select flow_run_id, epoch from flow_run_lease where lent_at is not null and wants_back(waiting_on) order by lent_at limit 100`;
}

/** The lease, locked, when its slots are lent; null when they are not; undefined when the lease has ended. */
export async function lockLent(sql: Sql, flowRunId: string, epoch: number): Promise<LentLease | null | undefined> {
  await sql`select from flow_run where id = ${flowRunId} for update`;
  const [row] = await sql<(LentLease & { lent: boolean })[]>`
    select flow_run_id, epoch, incarnation_id, work_pool_id, work_queue_id, lent_at is not null as lent
    from flow_run_lease where flow_run_id = ${flowRunId} and epoch = ${epoch} for update`;
  if (!row) return undefined;
  return row.lent ? row : null;
}

export async function takeSlotsBack(sql: Sql, flowRunId: string): Promise<void> {
  await sql`update flow_run_lease set lent_at = null, waiting_on = null where flow_run_id = ${flowRunId}`;
}

export async function noteWaitingOn(sql: Sql, flowRunId: string, waitingOn: WaitingOn): Promise<void> {
  await sql`update flow_run_lease set waiting_on = ${JSON.stringify(waitingOn)}::text::json where flow_run_id = ${flowRunId}`;
}

/** How many runs each of these workers may have at once. */
export async function readWorkerLimits(sql: Sql, incarnationIds: Iterable<string>): Promise<Map<string, { name: string; limit: number }>> {
  const rows = await sql<{ id: string; name: string; limit: number }[]>`
    select incarnation_id as id, name, concurrency_limit as limit from worker where incarnation_id = any(${pgArray(incarnationIds)}::uuid[])`;
  return new Map(rows.map(({ id, name, limit }) => [id, { name, limit }]));
}
