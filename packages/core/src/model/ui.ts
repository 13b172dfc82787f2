import { z } from 'zod';
import { instant, natural, uuid } from './common.ts';
import { STATE_TYPES } from './state-type.ts';
import { TaskRun } from './task-run.ts';

/** A run as a point of a chart. Durations are seconds. */
export const RunPoint = z.object({
  id: uuid,
  state_type: z.enum(STATE_TYPES).nullable(),
  timestamp: instant.nullable(),
  duration: z.number(),
  lateness: z.number(),
});

/** The run that a flow starts next. */
export const NextRun = z.object({
  id: uuid,
  flow_id: uuid,
  name: z.string(),
  state_name: z.string(),
  state_type: z.enum(STATE_TYPES),
  next_scheduled_start_time: instant.nullable(),
});

/** Ended task runs of a span. */
export const EndedCount = z.object({ completed: natural, failed: natural });

export const CountByState = z.object(
  Object.fromEntries(STATE_TYPES.map((type) => [type, natural])) as { [type in (typeof STATE_TYPES)[number]]: typeof natural },
);

export const TaskRunOfFlowRun = TaskRun.extend({ flow_run_name: z.string().nullable() });
