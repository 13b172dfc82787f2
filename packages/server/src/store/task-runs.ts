import type { Sql } from '../db/database.ts';

export async function renameTaskRun(sql: Sql, id: string, name: string | undefined): Promise<boolean> {
  const { count } = await sql`update task_run set name = coalesce(${name ?? null}, name), updated = now() where id = ${id}`;
  return count > 0;
}

export async function hasTaskRun(sql: Sql, id: string): Promise<boolean> {
  const { count } = await sql`select 1 from task_run where id = ${id}`;
  return count > 0;
}

/** The flow run that a task run belongs to; undefined for a task run that is not there, or stands alone. */
export async function readFlowRunOf(sql: Sql, id: string): Promise<string | undefined> {
  const [row] = await sql<{ flow_run_id: string | null }[]>`select flow_run_id from task_run where id = ${id}`;
  return row?.flow_run_id ?? undefined;
}

/** The value of a result as JSON text. */
export async function readResult(sql: Sql, id: string): Promise<string | undefined> {
  const [row] = await sql<{ value: string }[]>`select value::text as value from result where id = ${id}`;
  return row?.value;
}
