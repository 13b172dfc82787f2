import { SECOND } from '../../lib/time.ts';
import { ANYWHERE, defineTaskRunGate } from '../rule.ts';
import { abort, proceed, wait } from '../verdict.ts';

/** Prefect 2.13.7 waits 30 s between two tries, 3.x 10 s; this is the shorter one. Our SDK takes the slot as a lease and never waits here. */
const TRY_AGAIN = 10 * SECOND;

/** A task runs only with a slot of each of its tags' limits. Prefect's SecureTaskConcurrencySlots, 2.13.7 and later. */
export const secureTagSlots = defineTaskRunGate({
  name: 'secure-tag-slots',
  from: ANYWHERE,
  to: ['RUNNING'],
  needs: ['slots'],
  decide: ({ facts }) => {
    const zero = facts.slots.find((slot) => slot.limit === 0);
    if (zero) return abort(`The concurrency limit on tag "${zero.name}" is 0 and will deadlock if the task tries to run again.`);
    const full = facts.slots.find((slot) => slot.limit !== null && slot.used >= slot.limit);
    return full ? wait(TRY_AGAIN, `Concurrency limit for the ${full.name} tag has been reached`) : proceed;
  },
});
