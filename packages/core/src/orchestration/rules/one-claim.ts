import { defineGate } from '../rule.ts';
import { abort, amend } from '../verdict.ts';

/**
 * A run is claimed once: a second worker that proposes PENDING is told to drop it. A worker may rename its own PENDING as it
 * prepares the process ("Submitting"). Prefect's PreventPendingTransitions, 3.8.3.
 */
export const oneClaim = defineGate({
  name: 'one-claim',
  from: ['PENDING', 'RUNNING', 'CANCELLING', 'CANCELLED'],
  to: ['PENDING'],
  decide: ({ current, proposed }) => {
    if (current.type === 'PENDING' && current.name !== proposed.name && proposed.name !== 'Pending') {
      const { scheduled_time, deployment_concurrency_lease_id } = current.state_details;
      return amend({ state: { state_details: { scheduled_time, deployment_concurrency_lease_id } } });
    }
    return abort(`This run is in a ${current.type} state and cannot transition to a PENDING state.`);
  },
});
