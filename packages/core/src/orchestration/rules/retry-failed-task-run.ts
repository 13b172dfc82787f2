import { SECOND, toInstant } from '../../lib/time.ts';
import { allowedRetries, type TaskRunPolicy } from '../../model/run-policy.ts';
import { defineTaskRunGate } from '../rule.ts';
import { proceed, reject } from '../verdict.ts';

/** As no delay that is given is longer, whatever the jitter makes of it: a time must be one that can be written. */
const LONGEST_SECONDS = 31_536_000;

/** Seconds before the next try: the delay of this try, spread by up to the jitter factor. */
function retryDelay(policy: TaskRunPolicy, runCount: number, random: number): number {
  const given = policy.retry_delay ?? policy.retry_delay_seconds;
  const delay = Array.isArray(given) ? (given[Math.min(runCount, given.length) - 1] ?? 0) : given;
  return Math.min(delay * (1 + (policy.retry_jitter_factor ?? 0) * random), LONGEST_SECONDS);
}

/** A failed task with retries left is AwaitingRetry instead, unless it said that it cannot be retried. Prefect's RetryFailedTasks, 3.8.3. */
export const retryFailedTaskRun = defineTaskRunGate({
  name: 'retry-failed-task-run',
  from: ['RUNNING'],
  to: ['FAILED'],
  decide: ({ run, proposed, facts, now }) => {
    const policy = run.empirical_policy;
    if (proposed.state_details.retriable === false || run.run_count > allowedRetries(policy)) return proceed;
    const due = now + Math.round(retryDelay(policy, run.run_count, facts.random) * SECOND);
    return reject('Retrying', {
      type: 'SCHEDULED',
      name: 'AwaitingRetry',
      message: proposed.message,
      data: proposed.data,
      state_details: { scheduled_time: toInstant(due) },
    });
  },
});
