import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';
import { deleteRow } from './rows.ts';

interface NewSchema {
  readonly block_type_id: string;
  readonly checksum: string;
  readonly version: string;
  /** JSON text, which is kept as it is. */
  readonly fields: string;
  readonly capabilities: readonly string[];
}

/** False when there is one of this checksum and version. */
export async function insertBlockSchema(
  sql: Sql,
  id: string,
  { block_type_id, checksum, version, fields, capabilities }: NewSchema,
): Promise<boolean> {
  const { count } = await sql`
    insert into block_schema (id, created, updated, block_type_id, checksum, version, fields, capabilities)
    values (${id}, clock_timestamp(), clock_timestamp(), ${block_type_id}, ${checksum}, ${version}, ${fields}::text::json, ${pgArray(capabilities)}::text[])
    on conflict do nothing`;
  return count > 0;
}

export const deleteBlockSchema = (sql: Sql, id: string): Promise<boolean> => deleteRow(sql, 'block_schema', { id });

/** The newest schema of this checksum, of any version or of this one, as JSON text. */
export async function readSchemaByChecksum(sql: Sql, checksum: string, version: string | undefined): Promise<string | undefined> {
  const [row] = await sql<{ json: string }[]>`
    select row_to_json(v)::text as json from block_schema_view v
    where checksum = ${checksum} and ${version === undefined ? sql`true` : sql`version = ${version}`} order by created desc, id desc limit 1`;
  return row?.json;
}

/** Ids of block types by their slugs. */
export async function readTypeIds(sql: Sql, slugs: readonly string[]): Promise<Map<string, string>> {
  const rows = await sql<{ id: string; slug: string }[]>`select id, slug from block_type where slug = any(${pgArray(slugs)}::text[])`;
  return new Map(rows.map(({ id, slug }) => [slug, id]));
}

export async function listCapabilities(sql: Sql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`select distinct unnest(capabilities) as name from block_schema order by name`;
  return rows.map(({ name }) => name);
}
