import { z } from 'zod';
import { entityName, instant, json, jsonObject, natural, positive, stored, uuid } from './common.ts';
import { limited, longText } from './field-limits.ts';

/** A kind of infrastructure with its defaults. Slots count flow runs that are PENDING, RUNNING or CANCELLING. */
export const WorkPool = z.object({
  ...stored,
  name: z.string(),
  description: z.string().nullable(),
  type: z.string(),
  base_job_template: jsonObject,
  is_paused: z.boolean(),
  concurrency_limit: natural.nullable(),
  status: z.enum(['READY', 'NOT_READY', 'PAUSED']),
  default_queue_id: uuid,
  storage_configuration: jsonObject,
  active_slots: natural,
});
export type WorkPool = z.infer<typeof WorkPool>;

export const WorkPoolCreate = z.strictObject({
  name: entityName,
  description: longText.nullish(),
  type: z.string().max(200).default('process'),
  base_job_template: limited('base_job_template', jsonObject).default({}),
  is_paused: z.boolean().default(false),
  concurrency_limit: natural.nullish(),
  storage_configuration: limited('storage_configuration', jsonObject).optional(),
});

export const WorkPoolUpdate = z.strictObject({
  description: longText.nullish(),
  is_paused: z.boolean().optional(),
  base_job_template: limited('base_job_template', jsonObject).optional(),
  concurrency_limit: natural.nullish(),
  storage_configuration: limited('storage_configuration', jsonObject).optional(),
});

/** A lane of a pool: the queue with the lowest priority number is served first. */
export const WorkQueue = z.object({
  ...stored,
  name: z.string(),
  description: z.string().nullable(),
  is_paused: z.boolean(),
  concurrency_limit: natural.nullable(),
  priority: positive,
  work_pool_id: uuid,
  work_pool_name: z.string(),
  filter: json.nullable(),
  last_polled: instant.nullable(),
  status: z.enum(['READY', 'NOT_READY', 'PAUSED']),
  active_slots: natural,
});
export type WorkQueue = z.infer<typeof WorkQueue>;

export const WorkQueueCreate = z.strictObject({
  name: entityName,
  description: longText.nullish(),
  is_paused: z.boolean().default(false),
  concurrency_limit: natural.nullish(),
  priority: positive.nullish(),
  filter: limited('filter', json).nullish(),
});

export const WorkQueueUpdate = z.strictObject({
  name: entityName.optional(),
  description: longText.nullish(),
  is_paused: z.boolean().optional(),
  concurrency_limit: natural.nullish(),
  priority: positive.optional(),
  last_polled: instant.nullish(),
  filter: limited('filter', json).nullish(),
});
