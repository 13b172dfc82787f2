import type { GraphRow } from '@sluice/core/graph/flow-run-graph';
import type { Sql } from '../db/database.ts';
import { type JsonText, readPage } from './records.ts';

/** A picture of more shows nobody anything. Prefect's limit, 3.9.1. */
export const MOST_NODES = 10_000;

/** The task runs of a flow run, the newest first, each with all that went into it, as the text of a JSON array. */
export function readDependencies(sql: Sql, flowRunId: string): Promise<JsonText> {
  // Materialized: walked in the order of their ids, all task runs of all flow runs would be looked at.
  const rows = sql`
    select o.* from (with own as materialized (select * from task_run_view where flow_run_id = ${flowRunId}) select * from own) o order by o.id desc`;
  const json = sql`
    json_build_object('id', v.id, 'name', v.name, 'state', v.state, 'expected_start_time', v.expected_start_time, 'start_time', v.start_time,
      'end_time', v.end_time, 'total_run_time', v.total_run_time, 'estimated_run_time', v.estimated_run_time,
      'untrackable_result', coalesce((v.state #>> '{state_details,untrackable_result}')::boolean, false),
      'upstream_dependencies', (
        select coalesce(json_agg(distinct a.value), '[]') from json_each(v.task_inputs) i
        cross join lateral jsonb_array_elements(i.value::jsonb) a))::text`;
  return readPage(sql, 'task_run_view', rows, json);
}

/** When a flow run started, or was to start, and when it ended; undefined when there is no such run. */
export async function readSpan(sql: Sql, id: string): Promise<{ start_time: string | null; end_time: string | null } | undefined> {
  const [row] = await sql<{ span: { start_time: string | null; end_time: string | null } }[]>`
    select json_build_object('start_time', coalesce(start_time, expected_start_time), 'end_time', end_time) as span from flow_run where id = ${id}`;
  return row?.span;
}

/** The task runs of a flow run that have a time, in the order of their starts; one more than a graph may have. */
export async function readGraphRows(sql: Sql, flowRunId: string): Promise<GraphRow[]> {
  const idsOf = (which: string) => sql`
    (select coalesce(json_agg(distinct a.value ->> 'id'), '[]') from json_each(t.task_inputs) i
      cross join lateral json_array_elements(i.value) a where ${sql.unsafe(which)} and a.value ->> 'id' is not null)`;
  const rows = await sql<{ node: GraphRow }[]>`
    select json_build_object('kind', case when r.id is null then 'task-run' else 'flow-run' end, 'id', coalesce(r.id, t.id), 'task_run_id', t.id,
      'label', coalesce(f.name || ' / ' || r.name, t.name), 'state_type', coalesce(r.state_type, t.state_type),
      'start_time', coalesce(r.start_time, r.expected_start_time, t.start_time, t.expected_start_time),
      'end_time', coalesce(r.end_time, t.end_time, case when t.state_type = 'COMPLETED' then t.expected_start_time end),
      'inputs', ${idsOf("i.key <> '__parents__'")}, 'around', ${idsOf("i.key = '__parents__'")}) as node
    from task_run t left join flow_run r on r.parent_task_run_id = t.id left join flow f on f.id = r.flow_id
    where t.flow_run_id = ${flowRunId} and coalesce(r.start_time, r.expected_start_time, t.start_time, t.expected_start_time) is not null
    order by coalesce(r.start_time, r.expected_start_time, t.start_time, t.expected_start_time), coalesce(r.end_time, t.end_time)
    limit ${MOST_NODES + 1}`;
  return rows.map(({ node }) => node);
}

/** The states of a flow run, oldest first, as a graph tells them: JSON text. */
export async function readGraphStates(sql: Sql, flowRunId: string): Promise<string> {
  const [row] = await sql<[{ json: string }]>`
    select coalesce(json_agg(json_build_object('id', id, 'timestamp', timestamp, 'type', type, 'name', name) order by timestamp, id), '[]')::text as json
    from flow_run_state where flow_run_id = ${flowRunId}`;
  return row.json;
}
