import { ANY_STATE, ANYWHERE, defineGate } from '../rule.ts';
import { abort, proceed } from '../verdict.ts';

/** Fencing: who has lost its lease can change nothing any more. Writers that hold none are judged by the other rules. */
export const refuseStaleEpoch = defineGate({
  name: 'refuse-stale-epoch',
  from: ANYWHERE,
  to: ANY_STATE,
  decide: ({ facts: { writer } }) =>
    writer === null || writer.epoch === writer.current
      ? proceed
      : abort(`Epoch ${writer.epoch} of this run is over: its lease was lost or given back.`),
});
