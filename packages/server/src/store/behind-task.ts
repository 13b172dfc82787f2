import { behindTask, type CalledTask } from '@sluice/core/orchestration/behind-task';
import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';
import { finalTypes } from './state-lists.ts';

/** What a restart from a task does again. */
export interface Behind {
  /** Task runs that are COMPLETED: of the flow run, and all of its children that run again. */
  readonly task_runs: readonly string[];
  /** Child flow runs that run again, and theirs. */
  readonly flow_runs: readonly string[];
}

export const resultsOf = ({ task_runs, flow_runs }: Behind): number => task_runs.length + flow_runs.length;

/** What is done again when a flow run is restarted from this task run of its own. */
export async function readBehind(sql: Sql, flowRunId: string, taskRunId: string): Promise<Behind> {
  const [tasks, firstEnd] = await Promise.all([readCalledTasks(sql, flowRunId), readFirstEnd(sql, taskRunId)]);
  const again = behindTask(tasks, taskRunId, firstEnd);
  const flow_runs: string[] = [];
  for (let found = await readChildren(sql, again); found.length > 0; found = await readGrandchildren(sql, found)) flow_runs.push(...found);
  const rows = await sql<{ id: string }[]>`
    select id from task_run where state_type = 'COMPLETED'
      and (id = any(${pgArray(again)}::uuid[]) or flow_run_id = any(${pgArray(flow_runs)}::uuid[])) order by id`;
  return { task_runs: rows.map(({ id }) => id), flow_runs };
}

const MICROS = (column: string) => `(extract(epoch from ${column}) * 1000000)::float8`;

async function readCalledTasks(sql: Sql, flowRunId: string): Promise<CalledTask[]> {
  const rows = await sql<{ id: string; began: number; parents: (string | null)[] | null }[]>`
    select id, ${sql.unsafe(MICROS('least(created, start_time)'))} as began,
      (select json_agg(e ->> 'id') from json_array_elements(task_inputs -> '__parents__') e) as parents
    from task_run where flow_run_id = ${flowRunId} order by id`;
  return rows.map(({ id, began, parents }) => ({ id, began, parents: (parents ?? []).flatMap((parent) => parent ?? []) }));
}

/** One that never ended has ended with its flow run at the latest. */
async function readFirstEnd(sql: Sql, taskRunId: string): Promise<number> {
  const [row] = await sql<[{ first: number | null }]>`
    select ${sql.unsafe(MICROS('min(timestamp)'))} as first from task_run_state
    where task_run_id = ${taskRunId} and type in (${finalTypes(sql)})`;
  return row.first ?? Number.POSITIVE_INFINITY;
}

async function readChildren(sql: Sql, taskRunIds: Iterable<string>): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`select id from flow_run where parent_task_run_id = any(${pgArray(taskRunIds)}::uuid[]) order by id`;
  return rows.map(({ id }) => id);
}

async function readGrandchildren(sql: Sql, flowRunIds: readonly string[]): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select r.id from task_run t join flow_run r on r.parent_task_run_id = t.id where t.flow_run_id = any(${pgArray(flowRunIds)}::uuid[]) order by r.id`;
  return rows.map(({ id }) => id);
}
