import { SECOND, toInstant } from '../../lib/time.ts';
import { allowedRetries } from '../../model/run-policy.ts';
import { isStranded, STRANDED } from '../is-stranded.ts';
import { defineFlowRunGate } from '../rule.ts';
import { amend, reject } from '../verdict.ts';

/**
 * A failed run with retries left is AwaitingRetry instead, unless it said that it cannot be retried. A run under a Sluice worker
 * leaves its process and waits for any worker; others wait in their process. Prefect's RetryFailedFlows, 3.8.3.
 */
export const retryFailedFlowRun = defineFlowRunGate({
  name: 'retry-failed-flow-run',
  from: ['RUNNING'],
  to: ['FAILED'],
  decide: ({ run, proposed, facts, now }) => {
    const policy = run.empirical_policy;
    // Clients of Prefect 3.x say it of each state of a flow, and mean nothing by it.
    const isOfNoUse = proposed.state_details.retriable === false && facts.lease?.claimed === true;
    if (isOfNoUse || run.run_count > allowedRetries(policy)) return amend({ run: { empirical_policy: { ...policy, retry_type: null } } });
    if (isStranded(run, facts)) return amend({ state: { message: [proposed.message, STRANDED].filter(Boolean).join('\n') } });
    const delay = (policy.retry_delay ?? policy.retry_delay_seconds) * SECOND;
    const retry_type = facts.lease?.claimed ? ('reschedule' as const) : ('in_process' as const);
    return reject(
      'Retrying',
      {
        type: 'SCHEDULED',
        name: 'AwaitingRetry',
        message: proposed.message,
        data: proposed.data,
        state_details: { scheduled_time: toInstant(now + delay) },
      },
      { empirical_policy: { ...policy, resuming: false, pause_keys: [], retry_type } },
    );
  },
});
