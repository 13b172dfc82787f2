import type { Noun } from '@sluice/core/api/filter-table';
import type { Fragment, Sql } from '../db/database.ts';

/** Records of a noun as the JSON text that goes over the wire: PostgreSQL builds it, and it is sent as it is. */
export type RecordView =
  | `${Exclude<Noun, 'log'>}_view`
  | 'log_view'
  | 'concurrency_limit_view'
  | 'tag_limit_view'
  | 'flow_run_state_view'
  | 'task_run_state_view';

/** The one record that `where` finds, as JSON text; undefined when there is none. */
export async function readRecord(sql: Sql, view: RecordView, where: Fragment): Promise<string | undefined> {
  const [row] = await sql<{ json: string }[]>`select row_to_json(v)::text as json from ${sql(view)} v where ${where}`;
  return row?.json;
}

/** The records that `where` finds, as the text of a JSON array. `order` is from a table of ours, never from a request. */
export async function listRecords(
  sql: Sql,
  view: RecordView,
  { where, order, limit, offset }: { where: Fragment; order: string; limit: number; offset: number },
): Promise<string> {
  const [row] = await sql<[{ json: string }]>`
    select coalesce(json_agg(v), '[]')::text as json from (
      select * from ${sql(view)} v where ${where} order by ${sql.unsafe(order)}, id limit ${limit} offset ${offset}
    ) v`;
  return row.json;
}

export async function countRecords(sql: Sql, view: RecordView, where: Fragment): Promise<number> {
  const [row] = await sql<[{ count: number }]>`select count(*)::integer as count from ${sql(view)} v where ${where}`;
  return row.count;
}
