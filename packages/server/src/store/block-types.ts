import type { BlockTypeCreate, BlockTypeUpdate } from '@sluice/core/model/block';
import type { Fragment, Sql } from '../db/database.ts';
import { compileFilter } from './filters.ts';
import { type Columns, deleteRow, insertRow, updateRow } from './rows.ts';

const COLUMNS: Columns = {
  name: 'text',
  slug: 'text',
  logo_url: 'text',
  documentation_url: 'text',
  description: 'text',
  code_example: 'text',
  is_protected: 'boolean',
};

/** Texts of a type are shown on pages, and escaped as Prefect's server does it. */
const escaped = (text: string | null | undefined) => text?.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** False when there is one of this name or slug. */
export const insertBlockType = (sql: Sql, id: string, type: BlockTypeCreate): Promise<boolean> =>
  insertRow(sql, 'block_type', COLUMNS, id, {
    ...type,
    description: escaped(type.description),
    code_example: escaped(type.code_example),
    is_protected: false,
  });

export const updateBlockType = (sql: Sql, id: string, change: BlockTypeUpdate): Promise<boolean> =>
  updateRow(sql, 'block_type', COLUMNS, { id }, change);

/** With its schemas and blocks. */
export const deleteBlockType = (sql: Sql, id: string): Promise<boolean> => deleteRow(sql, 'block_type', { id });

interface TypeFilters {
  readonly block_types?: object | null | undefined;
  readonly block_schemas?: object | null | undefined;
}

/** Types that these filters let through; one on schemas asks for a schema that the type has. */
export function whichBlockTypes(sql: Sql, { block_types, block_schemas }: TypeFilters): Fragment {
  const ofSchema = block_schemas
    ? sql`exists (select from block_schema_view o where o.block_type_id = v.id and ${compileFilter(sql, 'block_schema', block_schemas, 'o')})`
    : sql`true`;
  return sql`${compileFilter(sql, 'block_type', block_types)} and ${ofSchema}`;
}

/** Installs types and schemas that are not there yet, from the text of a JSON array. Those that are there stay as they are, but for their protection. */
export async function installBlockTypes(tx: Sql, json: string): Promise<void> {
  await tx`
    insert into block_type (id, created, updated, name, slug, logo_url, documentation_url, description, code_example, is_protected)
    select gen_random_uuid(), now(), now(), name, slug, logo_url, documentation_url, description, code_example, is_protected
    from json_to_recordset(${json}::text::json) as t(
      name text, slug text, logo_url text, documentation_url text, description text, code_example text, is_protected boolean)
    order by slug
    on conflict do nothing`;
  await tx`
    update block_type b set is_protected = true
    from json_to_recordset(${json}::text::json) as t(slug text, is_protected boolean)
    where t.slug = b.slug and t.is_protected and not b.is_protected`;
  await tx`
    insert into block_schema (id, created, updated, block_type_id, checksum, version, fields, capabilities)
    select gen_random_uuid(), clock_timestamp(), clock_timestamp(), b.id, s.checksum, s.version, s.fields,
      array(select json_array_elements_text(s.capabilities))
    from json_to_recordset(${json}::text::json) as t(slug text, schemas json)
    join block_type b on b.slug = t.slug
    cross join json_to_recordset(t.schemas) as s(checksum text, version text, fields json, capabilities json)
    order by s.checksum
    on conflict do nothing`;
}
