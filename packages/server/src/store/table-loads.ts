import type { TableLoadCreate } from '@sluice/core/model/table-load';
import type { Sql } from '../db/database.ts';

/** The load that has read the table from its source, where this one only added mended rows. */
const WHOLE = `case when replay_of is not null then (
  select json_build_object('rows_read', w.rows_read, 'bytes', w.bytes, 'seconds', w.seconds) from table_load w
  where w.warehouse = table_load.warehouse and w."table" = table_load."table" and w.replay_of is null and w.committed <= table_load.committed
  order by w.committed desc limit 1) end as whole_load`;

/** What lists show. */
const COLUMNS = [
  ...['id', 'created', 'updated', 'load_id', 'warehouse', '"table"', 'source', 'source_table', 'rows_read', 'rows_loaded', 'rows_quarantined'],
  ...['bytes', 'seconds', 'verify', 'verified', 'committed', 'replay_of', 'flow_run_id', 'deployment_id', 'worker_name', WHOLE],
].join(', ');

/** Loads of one table that are kept. */
const KEPT = 500;

/** Notes a load with what its flow run says of itself, unless it is known. Returns it as JSON text, and whether it is new. */
export async function insertTableLoad(sql: Sql, id: string, load: TableLoadCreate): Promise<{ json: string; created: boolean }> {
  const { details, ...told } = load;
  const made = await sql`
    insert into table_load (id, created, updated, load_id, warehouse, "table", source, source_table, rows_read, rows_loaded, rows_quarantined, bytes,
      seconds, verify, verified, committed, replay_of, flow_run_id, deployment_id, worker_name, parameters, details)
    select ${id}, now(), now(), n.load_id, n.warehouse, n."table", n.source, n.source_table, n.rows_read, n.rows_loaded, n.rows_quarantined, n.bytes,
      n.seconds, n.verify, n.verified, n.committed, n.replay_of, n.flow_run_id, r.deployment_id, r.worker_name, r.parameters,
      ${JSON.stringify(details)}::text::json
    from json_to_record(${JSON.stringify(told)}::text::json) as n(load_id text, warehouse text, "table" text, source text, source_table text,
      rows_read bigint, rows_loaded bigint, rows_quarantined bigint, bytes bigint, seconds double precision, verify text, verified boolean,
      committed timestamptz, replay_of text, flow_run_id uuid)
    left join flow_run r on r.id = n.flow_run_id
    on conflict (load_id) do nothing returning id`;
  if (made.length > 0) await forgetOlder(sql, load);
  const [row] = await sql<[{ json: string }]>`
    select row_to_json(l)::text as json from (select ${sql.unsafe(COLUMNS)} from table_load where load_id = ${load.load_id}) l`;
  return { json: row.json, created: made.length > 0 };
}

/** Details belong to what stands in the table now; the counts of a few hundred loads make its history. */
async function forgetOlder(sql: Sql, { warehouse, table }: TableLoadCreate): Promise<void> {
  const newest = (count: number) =>
    sql`select id from table_load where warehouse = ${warehouse} and "table" = ${table} order by committed desc, id desc limit ${count}`;
  await sql`
    update table_load set details = null
    where warehouse = ${warehouse} and "table" = ${table} and details is not null and id not in (${newest(1)})`;
  await sql`delete from table_load where warehouse = ${warehouse} and "table" = ${table} and id not in (${newest(KEPT)})`;
}

interface Page {
  readonly warehouse?: string | undefined;
  readonly table?: string | undefined;
  readonly table_like?: string | undefined;
  readonly newest: boolean;
  readonly limit: number;
  readonly offset: number;
}

/** Loads, newest first, as the text of a JSON array; or of each table the newest one, which alone has details, by the names of the tables. */
export async function listTableLoads(sql: Sql, { warehouse, table, table_like, newest, limit, offset }: Page): Promise<string> {
  const any = sql`true`;
  const which = sql`
    ${newest ? sql`details is not null` : any} and ${warehouse === undefined ? any : sql`warehouse = ${warehouse}`}
    and ${table === undefined ? any : sql`"table" = ${table}`}
    and ${table_like === undefined ? any : sql`strpos(lower("table"), lower(${table_like})) > 0`}`;
  const order = newest ? sql`"table", committed desc, id` : sql`committed desc, id desc`;
  const [row] = await sql<[{ json: string }]>`
    select coalesce(json_agg(l), '[]')::text as json from (
      select ${sql.unsafe(COLUMNS)} from table_load where ${which} order by ${order} limit ${limit} offset ${offset}) l`;
  return row.json;
}

/** One load with all that is known of it; undefined when there is none. */
export async function readTableLoad(sql: Sql, id: string): Promise<string | undefined> {
  const [row] = await sql<{ json: string }[]>`
    select row_to_json(l)::text as json from (select ${sql.unsafe(COLUMNS)}, parameters, details from table_load where id = ${id}) l`;
  return row?.json;
}
