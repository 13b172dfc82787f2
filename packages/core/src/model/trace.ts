import { z } from 'zod';
import { instant, natural, uuid } from './common.ts';
import { WaitingOn } from './flow-run.ts';
import { STATE_TYPES } from './state-type.ts';

/** What a run did and when, without what it worked on. */
const bar = {
  id: uuid,
  name: z.string(),
  state_type: z.enum(STATE_TYPES).nullable(),
  state_name: z.string().nullable(),
  /** When it could have started: from here on it was queued. */
  expected_start_time: instant.nullable(),
  start_time: instant.nullable(),
  end_time: instant.nullable(),
  run_count: natural,
  /** When each of its tries began; empty for one that was tried once. */
  tries: z.array(instant),
  /** What its state says, in short. */
  message: z.string().nullable(),
};

export const TraceTask = z.object({
  ...bar,
  task_key: z.string(),
  /** The task run that called it; null when the flow itself did. */
  called_in: uuid.nullable(),
});
export type TraceTask = z.infer<typeof TraceTask>;

export const TraceChild = z.object({
  ...bar,
  flow_id: uuid,
  parent_task_run_id: uuid,
  worker_name: z.string().nullable(),
  /** What tells it from its neighbours: the table that it loads, else null. */
  table: z.string().nullable(),
  waiting_on: WaitingOn.nullable(),
});
export type TraceChild = z.infer<typeof TraceChild>;

/** The task runs of a flow run and its child flow runs, each in the order in which they were made. With `more` there are more task runs. */
export const Trace = z.object({ task_runs: z.array(TraceTask), flow_runs: z.array(TraceChild), more: z.boolean() });
export type Trace = z.infer<typeof Trace>;
