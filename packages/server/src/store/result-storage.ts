import type { Sql } from '../db/database.ts';

/** The block in which results are kept that name no other. */
export async function readResultStorage(sql: Sql): Promise<string | null> {
  const [row] = await sql<{ id: string }[]>`select block_document_id as id from default_result_storage`;
  return row?.id ?? null;
}

export async function setResultStorage(sql: Sql, blockId: string): Promise<void> {
  await sql`
    insert into default_result_storage (is_only, block_document_id) values (true, ${blockId})
    on conflict (is_only) do update set block_document_id = excluded.block_document_id`;
}

export async function clearResultStorage(sql: Sql): Promise<void> {
  await sql`delete from default_result_storage`;
}

/** What the block's schema says that it can do; undefined when there is no such block. */
export async function readBlockCapabilities(sql: Sql, blockId: string): Promise<string[] | undefined> {
  const [row] = await sql<{ names: string }[]>`
    select to_json(s.capabilities)::text as names from block_document d join block_schema s on s.id = d.block_schema_id where d.id = ${blockId}`;
  return row && (JSON.parse(row.names) as string[]);
}
