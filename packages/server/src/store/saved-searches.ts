import type { SavedSearchCreate } from '@sluice/core/model/saved-search';
import type { Sql } from '../db/database.ts';
import { deleteRow } from './rows.ts';

/** Makes the search, or changes the one of its name. True when it was made now. */
export async function upsertSavedSearch(sql: Sql, id: string, { name, filters }: SavedSearchCreate): Promise<boolean> {
  const [row] = await sql<[{ id: string }]>`
    insert into saved_search (id, created, updated, name, filters) values (${id}, now(), now(), ${name}, ${JSON.stringify(filters)}::text::json)
    on conflict (name) do update set filters = excluded.filters, updated = now() returning id`;
  return row.id === id;
}

export const deleteSavedSearch = (sql: Sql, id: string): Promise<boolean> => deleteRow(sql, 'saved_search', { id });
