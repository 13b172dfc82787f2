import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';
import { stoppableTypes } from './state-lists.ts';

/** Child flow runs of these flow runs that could still go on. */
export async function readOpenChildren(sql: Sql, parents: Iterable<string>): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select r.id from task_run t join flow_run r on r.parent_task_run_id = t.id
    where t.flow_run_id = any(${pgArray(parents)}::uuid[]) and r.state_type in (${stoppableTypes(sql)})`;
  return rows.map(({ id }) => id);
}

/** These flow runs and all that run in them, however deep: `limit` at most. */
export async function readWithDescendants(sql: Sql, ids: Iterable<string>, limit: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    with recursive family as (
      select unnest(${pgArray(ids)}::uuid[]) as id
      union
      select r.id from family f join task_run t on t.flow_run_id = f.id join flow_run r on r.parent_task_run_id = t.id
    )
    select id from family limit ${limit}`;
  return rows.map(({ id }) => id);
}

/** Those of these flow runs that run in this one, however deep. */
export async function readInside(sql: Sql, root: string, ids: Iterable<string>): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    with recursive above as (
      select id, id as run from unnest(${pgArray(ids)}::uuid[]) id
      union
      select a.id, t.flow_run_id from above a join flow_run r on r.id = a.run join task_run t on t.id = r.parent_task_run_id
    )
    select distinct id from above where run = ${root}`;
  return rows.map(({ id }) => id);
}
