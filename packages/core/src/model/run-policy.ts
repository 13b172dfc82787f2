import { z } from 'zod';
import { natural } from './common.ts';
import { limited } from './field-limits.ts';

const seconds = z.number().min(0).max(31_536_000);

/** How a flow run is retried. The first two fields are Prefect 2.13.7's old spelling of the next two. */
export const FlowRunPolicy = z.object({
  max_retries: natural.default(0),
  retry_delay_seconds: seconds.default(0),
  retries: natural.nullish(),
  retry_delay: seconds.nullish(),
  pause_keys: limited('pause_keys', z.array(z.string())).nullish(),
  resuming: z.boolean().nullish(),
  retry_type: z.enum(['in_process', 'reschedule']).nullish(),
});
export type FlowRunPolicy = z.infer<typeof FlowRunPolicy>;

/** How a task run is retried: `retry_delay` in seconds, one for all tries or one a try. */
export const TaskRunPolicy = z.object({
  max_retries: natural.default(0),
  retry_delay_seconds: seconds.default(0),
  retries: natural.nullish(),
  retry_delay: z.union([seconds, z.array(seconds).max(50)]).nullish(),
  retry_jitter_factor: z.number().min(0).nullish(),
});
export type TaskRunPolicy = z.infer<typeof TaskRunPolicy>;

export const allowedRetries = (policy: { retries?: number | null | undefined; max_retries: number }): number => policy.retries ?? policy.max_retries;
