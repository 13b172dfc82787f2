import type { RouteInput } from '@sluice/core/api/routes';
import { toSeconds } from '@sluice/core/lib/duration';
import type { TaskOptions } from '../model/task.ts';

type Policy = NonNullable<RouteInput<'POST /task_runs/'>['body']['empirical_policy']>;

/** A task's retries as the server applies them. */
export function empiricalPolicy({
  retries = 0,
  retryDelay = 0,
  retryJitter = null,
}: Pick<TaskOptions<never>, 'retries' | 'retryDelay'> & { readonly retryJitter?: number | null }): Policy {
  return {
    max_retries: retries,
    retry_delay_seconds: 0,
    retries,
    retry_delay: Array.isArray(retryDelay) ? retryDelay.map(toSeconds) : toSeconds(retryDelay as number),
    retry_jitter_factor: retryJitter,
  };
}
