import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';
import { finalTypes } from './state-lists.ts';

/** A task run that has not ended. */
export interface OpenTaskRun {
  readonly id: string;
  readonly flow_run_id: string;
}

/** A child flow run that has not ended. One that is of no deployment and no queue is a subflow, in its parent's process. */
export interface OpenChild {
  readonly id: string;
  readonly parent_task_run_id: string;
  readonly subflow: boolean;
}

/** Task runs of these flow runs that have not ended, without those whose end a client will tell: its last word may be on its way. */
export const readOpenTaskRuns = (sql: Sql, flowRunIds: Iterable<string>): Promise<OpenTaskRun[]> =>
  sql<OpenTaskRun[]>`
    select id, flow_run_id from task_run where flow_run_id = any(${pgArray(flowRunIds)}::uuid[])
      and state_type not in (${finalTypes(sql)}) and not recorded order by id`;

/** Flow runs that these task runs stand for, and that have not ended. */
export const readOpenChildrenOf = (sql: Sql, taskRunIds: Iterable<string>): Promise<OpenChild[]> =>
  sql<OpenChild[]>`
    select id, parent_task_run_id, deployment_id is null and work_queue_id is null as subflow from flow_run where parent_task_run_id = any(${pgArray(taskRunIds)}::uuid[])
      and state_type not in (${finalTypes(sql)}) order by id`;
