import type { FlowCreate } from '@sluice/core/model/flow';
import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

/** Makes the flow unless there is one of this name. Returns its id when it was made now. */
export async function insertFlow(sql: Sql, id: string, { name, tags, labels }: FlowCreate): Promise<boolean> {
  const rows = await sql`
    insert into flow (id, created, updated, name, tags, labels)
    values (${id}, now(), now(), ${name}, ${pgArray(tags)}::text[], ${JSON.stringify(labels ?? {})}::text::jsonb)
    on conflict (name) do nothing returning id`;
  return rows.length > 0;
}

export async function updateFlow(sql: Sql, id: string, tags: readonly string[]): Promise<boolean> {
  const { count } = await sql`update flow set tags = ${pgArray(tags)}::text[], updated = now() where id = ${id}`;
  return count > 0;
}

/** With its deployments; its runs are deleted before. */
export async function deleteFlow(sql: Sql, id: string): Promise<boolean> {
  const { count } = await sql`delete from flow where id = ${id}`;
  return count > 0;
}
