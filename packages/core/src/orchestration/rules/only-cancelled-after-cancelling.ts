import { defineGate, except } from '../rule.ts';
import { reject } from '../verdict.ts';

/** Who is being cancelled ends as CANCELLED and nothing else. Prefect's EnforceCancellingToCancelledTransition, 2.13.7 and later. */
export const onlyCancelledAfterCancelling = defineGate({
  name: 'only-cancelled-after-cancelling',
  from: ['CANCELLING'],
  to: except('CANCELLED'),
  decide: () => reject('Cannot transition flows that are cancelling to a state other than Cancelled.'),
});
