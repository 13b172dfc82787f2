import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';
import { hasKey, type Key } from './key.ts';
import { finalTypes } from './state-lists.ts';

/** What went with deleted runs: who waited for the runs, or for the limits, has to look again. */
export interface DeletedRuns {
  readonly flow_runs: readonly string[];
  /** Limits of which they held slots. */
  readonly limits: readonly string[];
}

/**
 * Deletes the flow runs with this key, with all that is theirs: states, task runs, results and leases by their references, and
 * what has none, logs, progress and slots. A slot whose holder is gone would never be given back.
 */
export async function deleteFlowRuns(sql: Sql, key: Key): Promise<DeletedRuns> {
  const runs = await sql<{ id: string }[]>`select id from flow_run where ${hasKey(sql, key)} order by id for update`;
  return deleteLocked(
    sql,
    runs.map(({ id }) => id),
  );
}

/** Which of a deployment's runs that wait for their time. */
export interface WaitingRuns {
  /** Only those that schedules have made. */
  readonly auto: boolean;
  /** Only those whose time has not come. */
  readonly future: boolean;
}

/** Deletes runs of a deployment that have not begun and stand in no line for a slot: Prefect does so when what they are like has changed. */
export async function deleteWaitingRuns(sql: Sql, deploymentIds: readonly string[], { auto, future }: WaitingRuns): Promise<DeletedRuns> {
  const runs = await sql<{ id: string }[]>`
    select id from flow_run
    where deployment_id = any(${pgArray(deploymentIds)}::uuid[]) and state_type = 'SCHEDULED' and state_name <> 'AwaitingConcurrencySlot'
      and run_count = 0 and (${auto ? sql`auto_scheduled` : sql`true`}) and (${future ? sql`next_scheduled_start_time > now()` : sql`true`})
    order by id for update`;
  return deleteLocked(
    sql,
    runs.map(({ id }) => id),
  );
}

export interface ActiveRun {
  readonly id: string;
  readonly name: string;
  readonly state_name: string;
}

/** The same for those of these flow runs that have no process; the others stay, and are told. */
export async function deleteIdleFlowRuns(sql: Sql, ids: readonly string[]): Promise<DeletedRuns & { readonly active: readonly ActiveRun[] }> {
  const runs = await sql<(ActiveRun & { is_active: boolean })[]>`
    select id, name, state_name, coalesce(state_type in ('PENDING', 'RUNNING', 'CANCELLING'), false) as is_active
    from flow_run where id = any(${pgArray(ids)}::uuid[]) order by id for update`;
  const idle = runs.flatMap(({ id, is_active }) => (is_active ? [] : id));
  return { ...(await deleteLocked(sql, idle)), active: runs.filter(({ is_active }) => is_active) };
}

async function deleteLocked(sql: Sql, locked: string[]): Promise<DeletedRuns> {
  const flow_runs = await withSubflows(sql, locked);
  if (flow_runs.length === 0) return { flow_runs, limits: [] };
  const ids = pgArray(flow_runs);
  const [slots] = await Promise.all([
    sql<{ concurrency_limit_id: string }[]>`
      delete from concurrency_slot where flow_run_id = any(${ids}::uuid[]) or holder_id = any(${ids}::uuid[])
        or holder_id in (select id from task_run where flow_run_id = any(${ids}::uuid[])) returning concurrency_limit_id`,
    sql`delete from log where flow_run_id = any(${ids}::uuid[])`,
    sql`delete from progress where flow_run_id = any(${ids}::uuid[])`,
    sql`delete from flow_run where id = any(${ids}::uuid[])`,
  ]);
  return { flow_runs, limits: slots.map(({ concurrency_limit_id }) => concurrency_limit_id) };
}

/** Subflows that have not ended go too: nobody is left who would end them. */
async function withSubflows(sql: Sql, ids: string[]): Promise<string[]> {
  if (ids.length === 0) return ids;
  const subflows = await sql<{ id: string }[]>`
    select r.id from task_run t join flow_run r on r.parent_task_run_id = t.id
    where t.flow_run_id = any(${pgArray(ids)}::uuid[]) and r.deployment_id is null and r.work_queue_id is null
      and r.state_type not in (${finalTypes(sql)}) order by r.id for update of r`;
  const found = subflows.flatMap(({ id }) => (ids.includes(id) ? [] : id));
  return [...ids, ...(await withSubflows(sql, found))];
}

/** Deletes a task run with its log lines and gives its slots back; returns their limits, or undefined when there is no such task run. */
export async function deleteTaskRun(sql: Sql, id: string): Promise<string[] | undefined> {
  const { count } = await sql`delete from task_run where id = ${id}`;
  if (count === 0) return undefined;
  await sql`delete from log where task_run_id = ${id}`;
  const slots = await sql<{ concurrency_limit_id: string }[]>`
    delete from concurrency_slot where holder_id = ${id} and holder_type = 'task_run' returning concurrency_limit_id`;
  return slots.map(({ concurrency_limit_id }) => concurrency_limit_id);
}
