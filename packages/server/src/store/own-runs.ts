import type { Sql } from '../db/database.ts';

/**
 * Whether a run is this flow run or one below it: its task runs, its children, what its process has made, and theirs. So is one
 * that does not exist: there is nothing to keep.
 */
export async function isOwnRun(sql: Sql, id: string, flowRunId: string): Promise<boolean> {
  const [row] = await sql<[{ own: boolean }]>`
    with recursive up(id) as (
      select flow_run_id from task_run where id = ${id}
      union select id from flow_run where id = ${id}
      union select coalesce(t.flow_run_id, case when r.created_by ->> 'type' = 'FLOW_RUN' then (r.created_by ->> 'id')::uuid end)
        from up join flow_run r on r.id = up.id left join task_run t on t.id = r.parent_task_run_id
    )
    select not exists (select from up) or exists (select from up where id = ${flowRunId}) as own`;
  return row.own;
}

/** Whether a process of this flow run, or one that such a process has started, has made that run without a deployment. */
export async function isMadeIn(sql: Sql, id: string, flowRunId: string): Promise<boolean> {
  const rows = await sql`
    with recursive up(id) as (
      select ${id}::uuid
      union select (r.created_by ->> 'id')::uuid from up join flow_run r on r.id = up.id where r.created_by ->> 'type' = 'FLOW_RUN'
    )
    select from up where id = ${flowRunId}`;
  return rows.length > 0;
}
