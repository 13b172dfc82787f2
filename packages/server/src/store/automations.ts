import type { AutomationChange } from '@sluice/core/model/automation';
import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';
import { type Columns, deleteRow, insertRow, updateRow } from './rows.ts';

const COLUMNS: Columns = {
  name: 'text',
  description: 'text',
  enabled: 'boolean',
  tags: 'text[]',
  trigger: 'json',
  actions: 'json',
  actions_on_trigger: 'json',
  actions_on_resolve: 'json',
  owner_resource: 'text',
  related_resources: 'text[]',
};

export interface AutomationRow extends AutomationChange {
  readonly related_resources: readonly string[];
  readonly owner_resource?: string | null | undefined;
}

export const insertAutomation = (sql: Sql, id: string, row: AutomationRow): Promise<boolean> => insertRow(sql, 'automation', COLUMNS, id, { ...row });

/** Replaces one, or changes a part of it; what it had counted is counted anew when its trigger is another. */
export async function updateAutomation(sql: Sql, id: string, change: Partial<AutomationRow>): Promise<boolean> {
  if (change.trigger) await forgetCounts(sql, id);
  return updateRow(sql, 'automation', COLUMNS, { id }, change);
}

async function forgetCounts(sql: Sql, id: string): Promise<void> {
  await Promise.all([sql`delete from automation_bucket where automation_id = ${id}`, sql`delete from automation_part where automation_id = ${id}`]);
}

export const deleteAutomation = (sql: Sql, id: string): Promise<boolean> => deleteRow(sql, 'automation', { id });

export async function deleteOwnedAutomations(sql: Sql, owner: string): Promise<number> {
  const { count } = await sql`delete from automation where owner_resource = ${owner}`;
  return count;
}

/** Automations that belong to a resource, or name it, as the text of a JSON array. */
export async function readRelatedAutomations(sql: Sql, resource: string): Promise<string> {
  const [row] = await sql<[{ json: string }]>`
    select coalesce(json_agg(row_to_json(v) order by v.name, v.id), '[]')::text as json from automation_view v join automation a on a.id = v.id
    where a.owner_resource = ${resource} or a.related_resources @> ${pgArray([resource])}::text[]`;
  return row.json;
}
