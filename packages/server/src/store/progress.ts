import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

export interface ProgressRow {
  readonly flow_run_id: string;
  readonly label: string;
  readonly done: number;
  readonly total: number | null;
}

/** False when there is no such flow run. */
export async function upsertProgress(sql: Sql, { flow_run_id, label, done, total }: ProgressRow): Promise<boolean> {
  const { count } = await sql`
    insert into progress (flow_run_id, label, done, total, updated)
    select id, ${label}, ${done}::double precision, ${total}::double precision, clock_timestamp() from flow_run where id = ${flow_run_id}
    on conflict (flow_run_id) do update set label = excluded.label, done = excluded.done, total = excluded.total, updated = excluded.updated`;
  return count > 0;
}

export async function listProgress(sql: Sql, ids: Iterable<string>): Promise<string> {
  const [row] = await sql<[{ json: string }]>`
    select coalesce(json_agg(p), '[]')::text as json from progress p where flow_run_id = any(${pgArray(ids)}::uuid[])`;
  return row.json;
}
