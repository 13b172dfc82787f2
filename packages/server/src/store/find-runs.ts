import type { Sql } from '../db/database.ts';

export interface FlowRunKey {
  readonly flow_id: string;
  readonly idempotency_key: string;
}

export interface TaskRunKey {
  readonly flow_run_id: string;
  readonly task_key: string;
  readonly dynamic_key: string;
}

/** Flow runs that were made with these idempotency keys, by `<flow id> <key>`. */
export async function findFlowRuns(sql: Sql, keys: readonly FlowRunKey[]): Promise<Map<string, string>> {
  if (keys.length === 0) return new Map();
  const rows = await sql<{ id: string; flow_id: string; idempotency_key: string }[]>`
    select r.id, r.flow_id, r.idempotency_key
    from json_to_recordset(${JSON.stringify(keys)}::text::json) as k(flow_id uuid, idempotency_key text)
    join flow_run r on r.flow_id = k.flow_id and r.idempotency_key = k.idempotency_key`;
  return new Map(rows.map((row) => [flowRunKey(row), row.id]));
}

/** Task runs that were made with these keys, by `<flow run id> <task key> <dynamic key>`. */
export async function findTaskRuns(sql: Sql, keys: readonly TaskRunKey[]): Promise<Map<string, string>> {
  if (keys.length === 0) return new Map();
  const rows = await sql<(TaskRunKey & { id: string })[]>`
    select t.id, t.flow_run_id, t.task_key, t.dynamic_key
    from json_to_recordset(${JSON.stringify(keys)}::text::json) as k(flow_run_id uuid, task_key text, dynamic_key text)
    join task_run t on t.flow_run_id = k.flow_run_id and t.task_key = k.task_key and t.dynamic_key = k.dynamic_key`;
  return new Map(rows.map((row) => [taskRunKey(row), row.id]));
}

export const flowRunKey = ({ flow_id, idempotency_key }: FlowRunKey): string => `${flow_id} ${idempotency_key}`;
export const taskRunKey = ({ flow_run_id, task_key, dynamic_key }: TaskRunKey): string => `${flow_run_id} ${task_key} ${dynamic_key}`;
