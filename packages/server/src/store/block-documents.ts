import type { FilterOf } from '@sluice/core/api/filter-schema';
import type { BlockType } from '@sluice/core/model/block';
import type { Fragment, Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';
import type { Sealed } from '../secrets/secret-box.ts';
import { compileFilter } from './filters.ts';
import { deleteRow } from './rows.ts';

/** A block as it is stored: what it holds is encrypted. */
export interface BlockRow extends Sealed {
  readonly id: string;
  readonly created: string;
  readonly updated: string;
  readonly name: string;
  readonly is_anonymous: boolean;
  readonly block_type_id: string;
  readonly block_type_name: string;
  readonly block_schema_id: string;
  /** Ids of the blocks inside, by the fields in which they stand. */
  readonly references: { readonly [field: string]: string };
  readonly block_type: BlockType;
  readonly secret_fields: readonly string[] | null;
}

interface NewBlock extends Sealed {
  readonly name: string;
  readonly is_anonymous: boolean;
  readonly block_type_id: string;
  readonly block_schema_id: string;
}

type References = { readonly [field: string]: string };

/** In a transaction. False when the type has one of this name. */
export async function insertBlockDocument(tx: Sql, id: string, block: NewBlock, references: References): Promise<boolean> {
  const { count } = await tx`
    insert into block_document (id, created, updated, name, is_anonymous, block_type_id, block_schema_id, key_id, sealed)
    values (${id}, now(), now(), ${block.name}, ${block.is_anonymous}, ${block.block_type_id}, ${block.block_schema_id}, ${block.key_id}, ${block.sealed})
    on conflict (block_type_id, name) do nothing`;
  if (count > 0) await insertReferences(tx, id, references);
  return count > 0;
}

async function insertReferences(tx: Sql, id: string, references: References): Promise<void> {
  if (Object.keys(references).length === 0) return;
  await tx`
    insert into block_document_reference (parent_block_document_id, name, block_document_id)
    select ${id}, key, value::uuid from json_each_text(${JSON.stringify(references)}::text::json)`;
}

/** In a transaction: what the block holds from now on, and which blocks are inside of it. */
export async function updateBlockDocument(tx: Sql, id: string, { key_id, sealed }: Sealed, schemaId: string, references: References): Promise<void> {
  await tx`update block_document set updated = now(), key_id = ${key_id}, sealed = ${sealed}, block_schema_id = ${schemaId} where id = ${id}`;
  await tx`delete from block_document_reference where parent_block_document_id = ${id}`;
  await insertReferences(tx, id, references);
}

/** In a transaction: keeps the block from others who would change it, and what is inside of which block too. */
export async function lockBlockDocument(tx: Sql, id: string): Promise<void> {
  await tx`lock table block_document_reference in share row exclusive mode`;
  await tx`select from block_document where id = ${id} for update`;
}

/** Whether one of these blocks is this one, or has it inside. */
export async function wouldHoldItself(tx: Sql, id: string, inside: readonly string[]): Promise<boolean> {
  const rows = await tx`
    with recursive tree as (
      select unnest(${pgArray(inside)}::uuid[]) as id
      union select r.block_document_id from block_document_reference r join tree t on t.id = r.parent_block_document_id
    )
    select from tree where id = ${id}`;
  return rows.length > 0;
}

export const deleteBlockDocument = (sql: Sql, id: string): Promise<boolean> => deleteRow(sql, 'block_document', { id });

/** These blocks and all that are inside of them, by their ids. */
export async function readBlockTree(sql: Sql, ids: readonly string[]): Promise<Map<string, BlockRow>> {
  const rows = await sql<{ json: string }[]>`
    with recursive tree as (
      select unnest(${pgArray(ids)}::uuid[]) as id
      union select r.block_document_id from block_document_reference r join tree t on t.id = r.parent_block_document_id
    )
    select (select row_to_json(x) from (
      select v.*, t as block_type,
        (select case when json_typeof(s.fields -> 'secret_fields') = 'array' then s.fields -> 'secret_fields' end
          from block_schema s where s.id = v.block_schema_id) as secret_fields) x)::text as json
    from tree join block_document_view v using (id) join block_type_view t on t.id = v.block_type_id`;
  return new Map(rows.map(({ json }) => JSON.parse(json) as BlockRow).map((row) => [row.id, row]));
}

/** Schemas by their ids, as JSON text. */
export async function readSchemaTexts(sql: Sql, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await sql<{ id: string; json: string }[]>`
    select id, row_to_json(v)::text as json from block_schema_view v where id = any(${pgArray(ids)}::uuid[])`;
  return new Map(rows.map(({ id, json }) => [id, json]));
}

interface BlockFilters {
  readonly block_documents?: FilterOf<'block_document'> | null | undefined;
  readonly block_types?: object | null | undefined;
  readonly block_schemas?: object | null | undefined;
}

/** Blocks that these filters let through. Anonymous ones are left out unless the filter says something of them, if only null. */
export function whichBlocks(sql: Sql, { block_documents, block_types, block_schemas }: BlockFilters): Fragment {
  const named = block_documents?.is_anonymous === undefined ? sql`not v.is_anonymous` : sql`true`;
  const ofType = block_types
    ? sql`exists (select from block_type_view o where o.id = v.block_type_id and ${compileFilter(sql, 'block_type', block_types, 'o')})`
    : sql`true`;
  const ofSchema = block_schemas
    ? sql`exists (select from block_schema_view o where o.id = v.block_schema_id and ${compileFilter(sql, 'block_schema', block_schemas, 'o')})`
    : sql`true`;
  return sql`${named} and ${compileFilter(sql, 'block_document', block_documents)} and ${ofType} and ${ofSchema}`;
}

interface Page {
  readonly where: Fragment;
  /** From a table of ours, never from a request. */
  readonly order: string;
  readonly limit: number;
  readonly offset: number;
}

export async function listBlockIds(sql: Sql, { where, order, limit, offset }: Page): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from block_document_view v where ${where} order by ${sql.unsafe(order)}, id limit ${limit} offset ${offset}`;
  return rows.map(({ id }) => id);
}

export async function countBlocks(sql: Sql, where: Fragment): Promise<number> {
  const [row] = await sql<[{ count: number }]>`select count(*)::integer as count from block_document_view v where ${where}`;
  return row.count;
}

/** The id of the block of this name of the type with this slug, anonymous or not. */
export async function findBlock(sql: Sql, slug: string, name: string): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`
    select d.id from block_document d join block_type t on t.id = d.block_type_id where t.slug = ${slug} and d.name = ${name}`;
  return row?.id;
}
