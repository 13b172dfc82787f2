import { toInstant } from '../../lib/time.ts';
import { defineFlowRunGate } from '../rule.ts';
import { amend, reject } from '../verdict.ts';

/**
 * A crash is not a failure: a run that lost its process under a Sluice worker goes back to the queue with its checkpoints, until
 * it has been claimed `max_claims` times; not so one that stands in no queue, as of a script. A crash has its own count and uses up no retry. `retriable: false` says that another claim would end the same way.
 * A run that was paused in its process asks again in the next one.
 */
export const requeueCrashedFlowRun = defineFlowRunGate({
  name: 'requeue-crashed-flow-run',
  from: ['PENDING', 'RUNNING', 'PAUSED'],
  to: ['CRASHED'],
  needs: ['max_claims'],
  decide: ({ run, current, proposed, facts, now }) => {
    const crash_count = run.crash_count + 1;
    const why = proposed.message ?? 'Its process is gone.';
    if (!facts.lease?.claimed) return amend({});
    if (run.work_queue_id === null) return amend({ run: { crash_count } });
    if (proposed.state_details.retriable === false || crash_count >= facts.max_claims) return amend({ run: { crash_count } });
    return reject(
      'Requeued',
      {
        type: 'SCHEDULED',
        name: 'Requeued',
        // Below a stack.
        message: `${why}${why.includes('\n') ? '\n' : ' '}Back in the queue: ${facts.max_claims - crash_count} of ${facts.max_claims} claims are left.`,
        state_details: { scheduled_time: toInstant(now) },
      },
      { crash_count, run_count: current.type === 'PENDING' ? run.run_count : Math.max(run.run_count - 1, 0) },
    );
  },
});
