import { z } from 'zod';
import { CreatedBy, instant, jsonObject, labels, natural, stored, tags, uuid } from './common.ts';
import { limited, shortText } from './field-limits.ts';
import { FlowRunPolicy } from './run-policy.ts';
import { State, StateCreate } from './state.ts';
import { STATE_TYPES } from './state-type.ts';

/** Why a run that could go on does not: it waits for other runs, or for a slot of a limit. */
export const WaitingOn = z.object({ flow_runs: z.array(uuid).optional(), slot: z.string().optional() });
export type WaitingOn = z.infer<typeof WaitingOn>;

/** One execution of a flow. run_count counts its tries, without those that a crash or a drain took back; times are seconds. */
export const FlowRun = z.object({
  ...stored,
  name: z.string(),
  flow_id: uuid,
  state_id: uuid.nullable(),
  deployment_id: uuid.nullable(),
  deployment_version: z.string().nullable(),
  work_queue_id: uuid.nullable(),
  work_queue_name: z.string().nullable(),
  work_pool_id: uuid.nullable(),
  work_pool_name: z.string().nullable(),
  flow_version: z.string().nullable(),
  parameters: jsonObject,
  idempotency_key: z.string().nullable(),
  context: jsonObject,
  empirical_policy: FlowRunPolicy,
  tags,
  labels,
  parent_task_run_id: uuid.nullable(),
  state_type: z.enum(STATE_TYPES).nullable(),
  state_name: z.string().nullable(),
  run_count: natural,
  expected_start_time: instant.nullable(),
  next_scheduled_start_time: instant.nullable(),
  start_time: instant.nullable(),
  end_time: instant.nullable(),
  total_run_time: z.number(),
  estimated_run_time: z.number(),
  estimated_start_time_delta: z.number(),
  auto_scheduled: z.boolean(),
  /** Ours: the bundle that it was made with, whatever is deployed afterwards. */
  bundle: z.string().nullable(),
  infrastructure_document_id: uuid.nullable(),
  infrastructure_pid: z.string().nullable(),
  created_by: CreatedBy.nullable(),
  state: State.nullable(),
  job_variables: jsonObject.nullable(),
  /** Ours: the newest claim's number; every write of its holder carries it. 0 before the first claim. */
  epoch: natural,
  /** Ours: how often the run lost its process. */
  crash_count: natural,
  /** Ours: the worker that holds the run now, or held it last. */
  worker_name: z.string().nullable(),
  /** Ours: set while the run waits in its process. */
  waiting_on: WaitingOn.nullable(),
});
export type FlowRun = z.infer<typeof FlowRun>;

const parameters = limited('parameters', jsonObject).default({});

/**
 * Ours: a process that runs a flow run itself, outside of any worker. With the state PENDING it takes the run's lease, which it
 * prolongs by `POST /flow_runs/{id}/beat`; when the lease ends the run is CRASHED.
 */
export const Holder = z.strictObject({ id: uuid, name: shortText });
export type Holder = z.infer<typeof Holder>;

export const FlowRunCreate = z.strictObject({
  id: uuid.nullish(),
  state: StateCreate.nullish(),
  name: z.string().max(1000).nullish(),
  flow_id: uuid,
  flow_version: shortText.nullish(),
  parameters,
  context: limited('context', jsonObject).default({}),
  parent_task_run_id: uuid.nullish(),
  infrastructure_document_id: uuid.nullish(),
  empirical_policy: FlowRunPolicy.optional(),
  tags: tags.default([]),
  labels: labels.nullish(),
  idempotency_key: z.string().max(2000).nullish(),
  work_pool_name: shortText.nullish(),
  work_queue_name: shortText.nullish(),
  job_variables: limited('job_variables', jsonObject).nullish(),
  deployment_id: uuid.nullish(),
  holder: Holder.optional(),
});
export type FlowRunCreate = z.infer<typeof FlowRunCreate>;

/** A run from a deployment: what is left out comes from the deployment. */
export const DeploymentFlowRunCreate = z.strictObject({
  state: StateCreate.nullish(),
  name: z.string().max(1000).nullish(),
  parameters,
  enforce_parameter_schema: z.boolean().nullish(),
  context: limited('context', jsonObject).default({}),
  infrastructure_document_id: uuid.nullish(),
  empirical_policy: FlowRunPolicy.optional(),
  tags: tags.default([]),
  idempotency_key: z.string().max(2000).nullish(),
  labels: labels.nullish(),
  parent_task_run_id: uuid.nullish(),
  work_queue_name: shortText.nullish(),
  job_variables: limited('job_variables', jsonObject).nullish(),
  /** Ours: a version that was deployed before, or the beginning of its bundle's name. */
  version: shortText.nullish(),
});
export type DeploymentFlowRunCreate = z.infer<typeof DeploymentFlowRunCreate>;

export const FlowRunUpdate = z.strictObject({
  name: z.string().max(1000).optional(),
  flow_version: shortText.nullish(),
  parameters: limited('parameters', jsonObject).optional(),
  empirical_policy: FlowRunPolicy.optional(),
  tags: tags.optional(),
  infrastructure_pid: shortText.nullish(),
  job_variables: limited('job_variables', jsonObject).nullish(),
});
export type FlowRunUpdate = z.infer<typeof FlowRunUpdate>;
