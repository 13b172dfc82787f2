import type { Json, JsonObject } from '@sluice/core/lib/json';
import type { DeploymentFlowRunCreate } from '@sluice/core/model/flow-run';
import type { FlowRunPolicy, TaskRunPolicy } from '@sluice/core/model/run-policy';
import type { TaskRunCreate } from '@sluice/core/model/task-run';
import type { z } from 'zod';

/** The row of a flow run that is to be made, without what orchestration decides. */
export interface NewFlowRun {
  readonly id: string;
  readonly name: string;
  readonly flow_id: string;
  readonly deployment_id: string | null;
  readonly deployment_version: string | null;
  readonly work_queue_id: string | null;
  readonly flow_version: string | null;
  readonly parameters: JsonObject;
  readonly idempotency_key: string | null;
  readonly context: JsonObject;
  readonly empirical_policy: FlowRunPolicy;
  readonly tags: readonly string[];
  readonly labels: JsonObject;
  readonly parent_task_run_id: string | null;
  readonly infrastructure_document_id: string | null;
  readonly bundle: string | null;
  readonly created_by: Json;
  readonly job_variables: JsonObject | null;
  /** A schedule has made it. */
  readonly auto_scheduled: boolean;
}

/** The same of a task run. */
export interface NewTaskRun {
  readonly id: string;
  readonly name: string;
  readonly flow_run_id: string | null;
  readonly task_key: string;
  readonly dynamic_key: string;
  readonly cache_key: string | null;
  readonly cache_expiration: string | null;
  readonly task_version: string | null;
  readonly empirical_policy: TaskRunPolicy;
  readonly tags: readonly string[];
  readonly labels: JsonObject;
  readonly task_inputs: JsonObject;
  /** Its client tells by events what it does. */
  readonly recorded?: boolean;
}

/** What every request for a flow run may say of it, however it is asked for. */
type Asked = Pick<
  DeploymentFlowRunCreate,
  | 'parameters'
  | 'idempotency_key'
  | 'context'
  | 'empirical_policy'
  | 'tags'
  | 'labels'
  | 'parent_task_run_id'
  | 'infrastructure_document_id'
  | 'job_variables'
>;

const NO_RETRIES = { max_retries: 0, retry_delay_seconds: 0 };

/** The row that a request asks for, and what the server or the run's deployment say of it besides. */
export const newFlowRun = (asked: Asked, own: Pick<NewFlowRun, 'id' | 'name' | 'flow_id'> & Partial<NewFlowRun>): NewFlowRun => ({
  deployment_id: null,
  deployment_version: null,
  work_queue_id: null,
  flow_version: null,
  parameters: asked.parameters,
  idempotency_key: asked.idempotency_key ?? null,
  context: asked.context,
  empirical_policy: asked.empirical_policy ?? NO_RETRIES,
  tags: asked.tags,
  labels: asked.labels ?? {},
  parent_task_run_id: asked.parent_task_run_id ?? null,
  infrastructure_document_id: asked.infrastructure_document_id ?? null,
  bundle: null,
  created_by: null,
  job_variables: asked.job_variables ?? null,
  auto_scheduled: false,
  ...own,
});

export const newTaskRun = (asked: z.output<typeof TaskRunCreate>, own: Pick<NewTaskRun, 'id' | 'name' | 'recorded'>): NewTaskRun => ({
  flow_run_id: asked.flow_run_id ?? null,
  task_key: asked.task_key,
  dynamic_key: asked.dynamic_key,
  cache_key: asked.cache_key ?? null,
  cache_expiration: asked.cache_expiration ?? null,
  task_version: asked.task_version ?? null,
  empirical_policy: asked.empirical_policy ?? NO_RETRIES,
  tags: asked.tags,
  labels: asked.labels ?? {},
  task_inputs: asked.task_inputs,
  ...own,
});
