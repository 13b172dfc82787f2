import { ANY_STATE, defineGate } from '../rule.ts';
import { proceed, reject } from '../verdict.ts';

/** Only a run that waits for its time can be late, and only once. Prefect's EnsureOnlyScheduledFlowsMarkedLate, 2.13.7 and later. */
export const lateOnlyWhenScheduled = defineGate({
  name: 'late-only-when-scheduled',
  from: ANY_STATE,
  to: ['SCHEDULED'],
  decide: ({ current, proposed }) => {
    if (proposed.name !== 'Late') return proceed;
    if (current.type !== 'SCHEDULED') return reject('Only scheduled flows can be marked late.');
    return current.name === 'Late' ? reject('This flow run is already marked late.') : proceed;
  },
});
