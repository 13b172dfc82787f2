import { z } from 'zod';
import { instant, json, labels, natural, stored, tags, uuid } from './common.ts';
import { limited, shortText } from './field-limits.ts';
import { TaskRunPolicy } from './run-policy.ts';
import { State, StateCreate } from './state.ts';
import { STATE_TYPES } from './state-type.ts';

/** Where an input of a task came from, by the input's name: Prefect's task_run, flow_run, parameter or constant. */
const TaskInputs = limited('task_inputs', z.record(z.string(), z.array(json)));

/** One step inside a flow run, or the stand-in of a child flow run. */
export const TaskRun = z.object({
  ...stored,
  name: z.string(),
  flow_run_id: uuid.nullable(),
  task_key: z.string(),
  dynamic_key: z.string(),
  cache_key: z.string().nullable(),
  cache_expiration: instant.nullable(),
  task_version: z.string().nullable(),
  empirical_policy: TaskRunPolicy,
  tags,
  labels,
  state_id: uuid.nullable(),
  task_inputs: TaskInputs,
  state_type: z.enum(STATE_TYPES).nullable(),
  state_name: z.string().nullable(),
  run_count: natural,
  flow_run_run_count: natural,
  expected_start_time: instant.nullable(),
  next_scheduled_start_time: instant.nullable(),
  start_time: instant.nullable(),
  end_time: instant.nullable(),
  total_run_time: z.number(),
  estimated_run_time: z.number(),
  estimated_start_time_delta: z.number(),
  state: State.nullable(),
});
export type TaskRun = z.infer<typeof TaskRun>;

export const TaskRunCreate = z.strictObject({
  id: uuid.nullish(),
  state: StateCreate.nullish(),
  name: z.string().max(1000).nullish(),
  flow_run_id: uuid.nullish(),
  task_key: z.string().max(2000),
  dynamic_key: z.string().max(2000),
  cache_key: z.string().max(2000).nullish(),
  cache_expiration: instant.nullish(),
  task_version: shortText.nullish(),
  empirical_policy: TaskRunPolicy.optional(),
  tags: tags.default([]),
  labels: labels.nullish(),
  task_inputs: TaskInputs.default({}),
});
export type TaskRunCreate = z.infer<typeof TaskRunCreate>;

export const TaskRunUpdate = z.strictObject({ name: z.string().max(1000).optional() });
