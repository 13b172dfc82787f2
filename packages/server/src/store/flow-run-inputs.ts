import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

export interface NewInput {
  readonly id: string;
  readonly flow_run_id: string;
  readonly key: string;
  readonly value: string;
  readonly sender: string | null;
}

export async function insertInputs(sql: Sql, inputs: readonly NewInput[]): Promise<void> {
  await sql`
    insert into flow_run_input (id, created, updated, flow_run_id, key, value, sender)
    select n.id, clock_timestamp(), clock_timestamp(), n.flow_run_id, n.key, n.value, n.sender
    from json_to_recordset(${JSON.stringify(inputs)}::text::json) as n(id uuid, flow_run_id uuid, key text, value text, sender text)`;
}

/** The same from the door: what a run was told under such a key before counts no more. */
export async function upsertInputs(sql: Sql, inputs: readonly NewInput[]): Promise<void> {
  await sql`
    insert into flow_run_input (id, created, updated, flow_run_id, key, value, sender)
    select n.id, clock_timestamp(), clock_timestamp(), n.flow_run_id, n.key, n.value, n.sender
    from json_to_recordset(${JSON.stringify(inputs)}::text::json) as n(id uuid, flow_run_id uuid, key text, value text, sender text)
    on conflict (flow_run_id, key) do update set value = excluded.value, sender = excluded.sender, updated = excluded.updated`;
}

interface Asked {
  readonly prefix: string;
  readonly limit: number;
  readonly exclude_keys: readonly string[];
}

/** Inputs of a run by the beginning of their keys, oldest first, as JSON text. */
export async function listInputs(sql: Sql, flowRunId: string, { prefix, limit, exclude_keys }: Asked): Promise<string> {
  const [row] = await sql<[{ json: string }]>`
    select coalesce(json_agg(row_to_json(i)), '[]')::text as json from (
      select id, created, updated, flow_run_id, key, value, sender from flow_run_input
      where flow_run_id = ${flowRunId} and starts_with(key, ${prefix}) and key <> all(${pgArray(exclude_keys)}::text[])
      order by created, id limit ${limit}
    ) i`;
  return row.json;
}

export async function readInput(sql: Sql, flowRunId: string, key: string): Promise<string | undefined> {
  const [row] = await sql<{ value: string }[]>`select value from flow_run_input where flow_run_id = ${flowRunId} and key = ${key}`;
  return row?.value;
}

export async function deleteInput(sql: Sql, flowRunId: string, key: string): Promise<boolean> {
  const { count } = await sql`delete from flow_run_input where flow_run_id = ${flowRunId} and key = ${key}`;
  return count > 0;
}

/** Inputs with these keys, of many runs. */
export async function deleteInputs(sql: Sql, inputs: readonly { readonly flow_run_id: string; readonly key: string }[]): Promise<void> {
  await sql`
    delete from flow_run_input i using json_to_recordset(${JSON.stringify(inputs)}::text::json) as n(flow_run_id uuid, key text)
    where i.flow_run_id = n.flow_run_id and i.key = n.key`;
}
