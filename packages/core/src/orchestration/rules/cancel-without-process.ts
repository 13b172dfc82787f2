import { defineFlowRunGate } from '../rule.ts';
import { proceed, reject } from '../verdict.ts';

/** There is nothing to stop where no process runs: CANCELLED at once. Prefect's BypassCancellingFlowRunsWithNoInfra, 3.8.3. */
export const cancelWithoutProcess = defineFlowRunGate({
  name: 'cancel-without-process',
  from: ['SCHEDULED', 'PAUSED'],
  to: ['CANCELLING'],
  // CANCELLED is an end.
  needs: ['inside'],
  decide: ({ current, run }) => {
    if (current.type === 'SCHEDULED' && (!run.infrastructure_pid || current.name === 'Resuming')) {
      return reject('Scheduled flow run has no infrastructure to terminate.', { type: 'CANCELLED' });
    }
    if (current.type === 'PAUSED' && current.state_details.pause_reschedule) {
      return reject('Suspended flow run has no infrastructure to terminate.', { type: 'CANCELLED' });
    }
    return proceed;
  },
});
