import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

export interface SlotRow {
  readonly id: string;
  readonly concurrency_limit_id: string;
  readonly lease_id: string;
  readonly slots: number;
  /** Null: until given back, or until the flow run's lease ends. */
  readonly lease_seconds: number | null;
  readonly holder_type: string | null;
  readonly holder_id: string | null;
  readonly flow_run_id: string | null;
  readonly epoch: number | null;
  /** Which task, or body of a flow run, has it, when that is not the holder. */
  readonly unit: string | null;
  /** The request that is told of it, when it may ask again. */
  readonly told?: string;
}

export async function insertSlots(sql: Sql, slots: readonly SlotRow[]): Promise<void> {
  await sql`
    insert into concurrency_slot (id, concurrency_limit_id, lease_id, slots, granted, expires_at, holder_type, holder_id, flow_run_id, epoch,
      unit, told)
    select n.id, n.concurrency_limit_id, n.lease_id, n.slots, clock_timestamp(), clock_timestamp() + n.lease_seconds * interval '1 second',
      n.holder_type, n.holder_id, n.flow_run_id, n.epoch, n.unit, n.told
    from json_to_recordset(${JSON.stringify(slots)}::text::json) as n(
      id uuid, concurrency_limit_id uuid, lease_id uuid, slots integer, lease_seconds double precision, holder_type text, holder_id uuid,
      flow_run_id uuid, epoch integer, unit text, told uuid)`;
}

/** Frees what these task runs hold. Returns the limits that have room now. */
export async function deleteHeldSlots(sql: Sql, taskRunIds: Iterable<string>): Promise<string[]> {
  const rows = await sql<{ concurrency_limit_id: string }[]>`
    delete from concurrency_slot where holder_id = any(${pgArray(taskRunIds)}::uuid[]) and holder_type = 'task_run' returning concurrency_limit_id`;
  return rows.map(({ concurrency_limit_id }) => concurrency_limit_id);
}
