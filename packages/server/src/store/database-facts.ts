import type { Sql } from '../db/database.ts';

/** Whether the database answers: an error when it does not. */
export async function askForLife(sql: Sql): Promise<void> {
  await sql`select 1`;
}

/** What the database does now, and the newest migration that it has. */
export async function readDatabaseLoad(sql: Sql): Promise<{ schema: string; active_statements: number; oldest_statement_ms: number }> {
  const [row] = await sql<[{ schema: string; active_statements: number; oldest_statement_ms: number }]>`
    select (select max(name) from migration where name not like 'views/%') as schema, count(*)::integer as active_statements,
      coalesce(max(extract(epoch from clock_timestamp() - query_start)) * 1000, 0)::double precision as oldest_statement_ms
    from pg_stat_activity where datname = current_database() and state = 'active' and pid <> pg_backend_pid()`;
  return row;
}

export async function readDatabaseFacts(sql: Sql): Promise<{ version: string; major: number; bytes: number }> {
  const [row] = await sql<[{ version: string; number: string; bytes: string }]>`
    select current_setting('server_version') as version, current_setting('server_version_num') as number,
      pg_database_size(current_database()) as bytes`;
  return { version: row.version, major: Math.floor(Number(row.number) / 10_000), bytes: Number(row.bytes) };
}
