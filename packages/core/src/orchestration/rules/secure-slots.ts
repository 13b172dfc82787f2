import { SECOND, toInstant } from '../../lib/time.ts';
import { defineFlowRunGate } from '../rule.ts';
import type { SlotCount } from '../run-record.ts';
import { abort, amend, proceed, reject } from '../verdict.ts';

/** Prefect's pause of a deployment is one of its schedules: its workers do the runs that somebody has asked for. */
const isClosed = ({ kind, paused }: SlotCount, isClaim: boolean) => paused === true && (isClaim || kind !== 'deployment');

const full = ({ limit, used }: SlotCount) => limit !== null && used >= limit;

/** Its slot is under a lease of its own for runs of Prefect's clients: they prolong it by this id. */
const isDeploymentLimit = ({ kind, limit }: SlotCount) => kind === 'deployment' && limit !== null;
const leased = (id: string) => ({ state_details: { deployment_concurrency_lease_id: id } });

const describe = ({ kind, name, limit, used, paused }: SlotCount) =>
  paused ? `The ${kind} "${name}" is paused.` : `All ${limit} slots of the ${kind} "${name}" are taken (${used} in use).`;

/** Prefect's own workers look again after this time; ours are woken when a slot is free. */
const LOOK_AGAIN = 30 * SECOND;

/**
 * A run becomes PENDING only with a slot of everything that limits it: exact, since slots are counted here and nowhere else.
 * Nothing is written when one is missing; the run stays where a worker finds it again. Where a deployment's limit is met, the run is
 * cancelled if that is what the deployment says (CANCEL_NEW), and a Prefect worker is answered as by Prefect 3.8.3, with
 * AwaitingConcurrencySlot.
 */
export const secureSlots = defineFlowRunGate({
  name: 'secure-slots',
  from: ['NONE', 'SCHEDULED', 'PAUSED', 'COMPLETED', 'FAILED', 'CRASHED'],
  to: ['PENDING'],
  needs: ['slots'],
  decide: ({ proposed, facts, now }) => {
    const missing = facts.slots.find((slot) => isClosed(slot, facts.claim) || full(slot));
    if (!missing) return facts.claim || !facts.slots.some(isDeploymentLimit) ? proceed : amend({ state: leased(proposed.id) });
    if (isClosed(missing, facts.claim) || missing.kind !== 'deployment') return abort(describe(missing));
    if (missing.limit === 0)
      return abort(`The concurrency limit of the deployment "${missing.name}" is 0. The flow will deadlock if submitted again.`);
    if (missing.collision_strategy === 'CANCEL_NEW')
      return reject('Deployment concurrency limit reached.', { type: 'CANCELLED', message: 'Deployment concurrency limit reached.' });
    if (facts.claim) return abort(describe(missing));
    return reject(`Deployment concurrency limit reached: ${describe(missing)}`, {
      type: 'SCHEDULED',
      name: 'AwaitingConcurrencySlot',
      state_details: { scheduled_time: toInstant(now + LOOK_AGAIN) },
    });
  },
});
