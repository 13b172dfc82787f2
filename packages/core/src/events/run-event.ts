import { z } from 'zod';
import { instant, natural, uuid } from '../model/common.ts';
import { STATE_TYPES } from '../model/state-type.ts';

/** A state without its result: that is asked for where it is needed. */
const EventState = z.object({
  id: uuid,
  type: z.enum(STATE_TYPES),
  name: z.string(),
  timestamp: instant,
  message: z.string().nullable(),
});

/** A flow run got a state. Its id is the state's. The columns of the run are those of now, which may be later than the state. */
export const FlowRunEvent = z.object({
  id: uuid,
  flow_run: z.object({
    id: uuid,
    name: z.string(),
    flow_id: uuid,
    deployment_id: uuid.nullable(),
    parent_task_run_id: uuid.nullable(),
    work_queue_id: uuid.nullable(),
    worker_name: z.string().nullable(),
    run_count: natural,
    crash_count: natural,
    epoch: natural,
    start_time: instant.nullable(),
    end_time: instant.nullable(),
    state_id: uuid.nullable(),
  }),
  state: EventState,
});
export type FlowRunEvent = z.infer<typeof FlowRunEvent>;

/** A task run got a state; the same for it. */
export const TaskRunEvent = z.object({
  id: uuid,
  task_run: z.object({
    id: uuid,
    name: z.string(),
    flow_run_id: uuid.nullable(),
    task_key: z.string(),
    run_count: natural,
    start_time: instant.nullable(),
    end_time: instant.nullable(),
    state_id: uuid.nullable(),
  }),
  state: EventState,
});
export type TaskRunEvent = z.infer<typeof TaskRunEvent>;

/* Told of these is that they are others now. What they hold may be large or secret: whoever needs it asks for it. */

/** A record that people name: a flow, an automation, a variable, a block. */
export const ChangedRecord = z.object({ id: uuid, name: z.string(), updated: instant });

/** What a run shows to people. */
export const ChangedArtifact = z.object({
  id: uuid,
  key: z.string().nullable(),
  type: z.string().nullable(),
  flow_run_id: uuid.nullable(),
  task_run_id: uuid.nullable(),
  updated: instant,
});

/** In the place of a record that is gone. */
export const Deleted = z.object({ id: uuid, deleted: z.literal(true) });
