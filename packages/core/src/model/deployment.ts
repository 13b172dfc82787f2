import { z } from 'zod';
import { bundleName } from './bundle.ts';
import { CreatedBy, instant, json, jsonObject, labels, positive, stored, tags, uuid } from './common.ts';
import { limited, longText, shortText } from './field-limits.ts';

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
  schedules: z.array(json),
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
  schedule: json.nullable(),
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
};

export const DeploymentCreate = z.strictObject({ ...changeable, name: z.string().min(1).max(1000), flow_id: uuid, labels: labels.nullish() });
export type DeploymentCreate = z.infer<typeof DeploymentCreate>;

export const DeploymentUpdate = z.strictObject(changeable);
export type DeploymentUpdate = z.infer<typeof DeploymentUpdate>;
