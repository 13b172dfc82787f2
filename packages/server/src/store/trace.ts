import type { Fragment, Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';
import { inOneArray, type JsonText } from './records.ts';

/** A picture of more task runs than these shows nobody anything. */
export const MOST_TASKS = 20_000;
/** So many are read at a time: about a slice of text. */
const SLICE_ROWS = 2000;
/** Of a state's message, which may be a stack. */
const MESSAGE_LENGTH = 300;

/** A flow run's task runs and child flow runs as bars of a trace, as JSON text that is read as it is sent. */
export async function readTrace(sql: Sql, flowRunId: string): Promise<JsonText> {
  const [tasks, children] = await Promise.all([readTaskIds(sql, flowRunId), readChildIds(sql, flowRunId)]);
  const shown = tasks.slice(0, MOST_TASKS);
  return (async function* () {
    yield '{"task_runs":';
    yield* inOneArray(shown, SLICE_ROWS, (ids) => readTasks(sql, ids));
    yield ',"flow_runs":';
    yield* inOneArray(children, SLICE_ROWS, (ids) => readChildren(sql, ids));
    yield `,"more":${tasks.length > shown.length}}`;
  })();
}

async function readTaskIds(sql: Sql, flowRunId: string): Promise<string[]> {
  // Materialized: walked in the order of their ids, all task runs of all flow runs would be looked at.
  const rows = await sql<{ id: string }[]>`
    with own as materialized (select id from task_run where flow_run_id = ${flowRunId})
    select id from own order by id limit ${MOST_TASKS + 1}`;
  return rows.map(({ id }) => id);
}

async function readChildIds(sql: Sql, flowRunId: string): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select r.id from task_run t join flow_run r on r.parent_task_run_id = t.id where t.flow_run_id = ${flowRunId} order by r.id limit ${MOST_TASKS}`;
  return rows.map(({ id }) => id);
}

/** What bars of both kinds have; `r` is the run, `s` its state. */
const bar = (sql: Sql, tries: Fragment) => sql`
  r.id, r.name, r.state_type, r.state_name, r.expected_start_time, r.start_time, r.end_time, r.run_count,
  case when r.run_count > 1 then (${tries}) else '[]'::json end as tries, left(s.message, ${MESSAGE_LENGTH}) as message`;

async function readTasks(sql: Sql, ids: readonly string[]): Promise<string> {
  const tries = sql`select coalesce(json_agg(timestamp order by timestamp), '[]') from task_run_state where task_run_id = r.id and type = 'RUNNING'`;
  const [row] = await sql<[{ json: string }]>`
    select '[' || coalesce(string_agg(row_to_json(b)::text, ',' order by b.id), '') || ']' as json from (
      select ${bar(sql, tries)}, r.task_key, r.task_inputs #>> '{__parents__,0,id}' as called_in
      from task_run r left join task_run_state s on s.id = r.state_id where r.id = any(${pgArray(ids)}::uuid[])
    ) b`;
  return row.json;
}

async function readChildren(sql: Sql, ids: readonly string[]): Promise<string> {
  const tries = sql`select coalesce(json_agg(timestamp order by timestamp), '[]') from flow_run_state where flow_run_id = r.id and type = 'RUNNING'`;
  const [row] = await sql<[{ json: string }]>`
    select '[' || coalesce(string_agg(row_to_json(b)::text, ',' order by b.id), '') || ']' as json from (
      select ${bar(sql, tries)}, r.flow_id, r.parent_task_run_id, r.worker_name, l.waiting_on,
        case when json_typeof(r.parameters -> 'table') in ('string', 'number') then r.parameters ->> 'table' end as "table"
      from flow_run r left join flow_run_state s on s.id = r.state_id left join flow_run_lease l on l.flow_run_id = r.id
      where r.id = any(${pgArray(ids)}::uuid[])
    ) b`;
  return row.json;
}
