import { defineFlowRunGate } from '../rule.ts';
import { amend, proceed, reject } from '../verdict.ts';

/**
 * The slot of its deployment that a run got as it became PENDING ends when its process takes too long to come. A run that has lost it
 * goes on when there is another one, and is cancelled when there is none: its process is there and cannot be put back into a queue. A
 * client that prolongs the slot is told its lease. Prefect's ValidateDeploymentConcurrencyAtRunning, 3.9.1; here for all clients.
 */
export const keepDeploymentSlot = defineFlowRunGate({
  name: 'keep-deployment-slot',
  from: ['PENDING'],
  to: ['RUNNING'],
  needs: ['lost_slot'],
  decide: ({ current, facts: { lost_slot, renews } }) => {
    if (lost_slot && lost_slot.limit !== null && lost_slot.used >= lost_slot.limit)
      return reject('Deployment concurrency limit reached after lease expiry.', {
        type: 'CANCELLED',
        message: 'Deployment concurrency slot lost during provisioning - no slots available to continue execution',
      });
    const id = current.state_details.deployment_concurrency_lease_id;
    return id && renews ? amend({ state: { state_details: { deployment_concurrency_lease_id: id } } }) : proceed;
  },
});
