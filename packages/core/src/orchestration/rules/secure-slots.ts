import { SECOND, toInstant } from '../../lib/time.ts';
import { defineFlowRunGate } from '../rule.ts';
import type { SlotCount } from '../run-record.ts';
import { abort, proceed, reject } from '../verdict.ts';

const full = ({ limit, used }: SlotCount) => limit !== null && used >= limit;

const describe = ({ kind, name, limit, used, paused }: SlotCount) =>
  paused ? `The ${kind} "${name}" is paused.` : `All ${limit} slots of the ${kind} "${name}" are taken (${used} in use).`;

/** Prefect's own workers look again after this time; ours are woken when a slot is free. */
const LOOK_AGAIN = 30 * SECOND;

/**
 * A run becomes PENDING only with a slot of everything that limits it: exact, since slots are counted here and nowhere else.
 * Nothing is written when one is missing; the run stays where a worker finds it again. Only a Prefect worker that meets a
 * deployment's limit is answered as by Prefect 3.8.3, with AwaitingConcurrencySlot.
 */
export const secureSlots = defineFlowRunGate({
  name: 'secure-slots',
  from: ['NONE', 'SCHEDULED', 'PAUSED', 'COMPLETED', 'FAILED', 'CRASHED'],
  to: ['PENDING'],
  needs: ['slots'],
  decide: ({ facts, now }) => {
    const missing = facts.slots.find((slot) => slot.paused || full(slot));
    if (!missing) return proceed;
    if (missing.paused || missing.kind !== 'deployment' || facts.claim) return abort(describe(missing));
    if (missing.limit === 0)
      return abort(`The concurrency limit of the deployment "${missing.name}" is 0. The flow will deadlock if submitted again.`);
    return reject(`Deployment concurrency limit reached: ${describe(missing)}`, {
      type: 'SCHEDULED',
      name: 'AwaitingConcurrencySlot',
      state_details: { scheduled_time: toInstant(now + LOOK_AGAIN) },
    });
  },
});
