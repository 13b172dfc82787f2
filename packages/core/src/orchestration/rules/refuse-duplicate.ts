import { ANY_STATE, defineGate } from '../rule.ts';
import { proceed, reject } from '../verdict.ts';

/** A client that got no answer proposes the same transition again: it is told the state that it has already written. */
export const refuseDuplicate = defineGate({
  name: 'refuse-duplicate',
  from: ANY_STATE,
  to: ANY_STATE,
  decide: ({ current, proposed }) => {
    const id = proposed.state_details.transition_id;
    return id && id === current.state_details.transition_id ? reject('This run has already made this state transition.') : proceed;
  },
});
