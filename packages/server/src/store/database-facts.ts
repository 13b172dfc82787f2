import type { Sql } from '../db/database.ts';

/** Whether the database answers: an error when it does not. */
export async function askForLife(sql: Sql): Promise<void> {
  await sql`select 1`;
}

export async function readDatabaseFacts(sql: Sql): Promise<{ version: string; major: number; bytes: number }> {
  const [row] = await sql<[{ version: string; number: string; bytes: string }]>`
    select current_setting('server_version') as version, current_setting('server_version_num') as number,
      pg_database_size(current_database()) as bytes`;
  return { version: row.version, major: Math.floor(Number(row.number) / 10_000), bytes: Number(row.bytes) };
}
