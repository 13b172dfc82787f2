import { z } from 'zod';
import { bundleName } from './bundle.ts';
import { CreatedBy, instant, json, jsonObject, labels, positive, stored, tags, uuid } from './common.ts';
import { limited, longText, shortText } from './field-limits.ts';
import { DeploymentSchedule, DeploymentScheduleCreate, DeploymentScheduleUpdate, Schedule, ScheduleCreate } from './schedule.ts';

export const ConcurrencyOptions = z.object({
  collision_strategy: z.enum(['ENQUEUE', 'CANCEL_NEW']),
  grace_period_seconds: z.int().min(60).max(86_400).nullish(),
});

/** A flow with where and when to run it, and its defaults. The last four fields are Prefect 2.13.7's spellings. */
export const Deployment = z.object({
  ...stored,
  name: z.string(),
  version: z.string().nullable(),
  description: z.string().nullable(),
  flow_id: uuid,
  paused: z.boolean(),
  /** The one that was changed last comes first; for Prefect 2.13 it is the `schedule`. */
  schedules: z.array(DeploymentSchedule),
  concurrency_limit: z.int().nullable(),
  global_concurrency_limit: json.nullable(),
  concurrency_options: ConcurrencyOptions.nullable(),
  job_variables: jsonObject,
  parameters: jsonObject,
  tags,
  labels,
  work_queue_name: z.string().nullable(),
  work_queue_id: uuid.nullable(),
  work_pool_name: z.string().nullable(),
  last_polled: instant.nullable(),
  parameter_openapi_schema: jsonObject.nullable(),
  path: z.string().nullable(),
  pull_steps: z.array(json).nullable(),
  entrypoint: z.string().nullable(),
  storage_document_id: uuid.nullable(),
  infrastructure_document_id: uuid.nullable(),
  created_by: CreatedBy.nullable(),
  updated_by: CreatedBy.nullable(),
  status: z.enum(['READY', 'NOT_READY']),
  enforce_parameter_schema: z.boolean(),
  schedule: Schedule.nullable(),
  is_schedule_active: z.boolean(),
  infra_overrides: jsonObject,
  manifest_path: z.string().nullable(),
  /** Ours: the bundle of its code. */
  bundle: z.string().nullable(),
  /** Ours: the folder in it from which the entrypoint counts; null: its own. */
  bundle_folder: z.string().nullable(),
});
export type Deployment = z.infer<typeof Deployment>;

const changeable = {
  version: shortText.nullish(),
  description: longText.nullish(),
  paused: z.boolean().optional(),
  schedule: ScheduleCreate.nullish(),
  is_schedule_active: z.boolean().nullish(),
  concurrency_limit: positive.nullish(),
  concurrency_options: ConcurrencyOptions.nullish(),
  job_variables: limited('job_variables', jsonObject).nullish(),
  infra_overrides: limited('job_variables', jsonObject).nullish(),
  parameters: limited('parameters', jsonObject).optional(),
  tags: tags.optional(),
  work_queue_name: shortText.min(1).nullish(),
  work_pool_name: shortText.min(1).nullish(),
  parameter_openapi_schema: limited('parameter_openapi_schema', jsonObject).nullish(),
  path: shortText.nullish(),
  pull_steps: limited('pull_steps', z.array(json)).nullish(),
  entrypoint: shortText.nullish(),
  storage_document_id: uuid.nullish(),
  infrastructure_document_id: uuid.nullish(),
  enforce_parameter_schema: z.boolean().nullish(),
  manifest_path: shortText.nullish(),
  bundle: bundleName.nullish(),
  bundle_folder: shortText.nullish(),
  /** What older clients of Prefect 2 still send, and what is Cloud's: taken, and not looked at, as by Prefect. */
  worker_pool_queue_id: json.optional(),
  worker_pool_name: json.optional(),
  worker_pool_queue_name: json.optional(),
  work_pool_queue_name: json.optional(),
  version_info: z.looseObject({}).nullish(),
};

/** Prefect has no limit; more than this are made by a mistake. */
const MAX_SCHEDULES = 200;

export const DeploymentCreate = z.strictObject({
  ...changeable,
  schedules: z.array(DeploymentScheduleCreate).max(MAX_SCHEDULES).optional(),
  name: z.string().min(1).max(1000),
  flow_id: uuid,
  labels: labels.nullish(),
});
export type DeploymentCreate = z.infer<typeof DeploymentCreate>;

export const DeploymentUpdate = z.strictObject({ ...changeable, schedules: z.array(DeploymentScheduleUpdate).max(MAX_SCHEDULES).optional() });
export type DeploymentUpdate = z.infer<typeof DeploymentUpdate>;
