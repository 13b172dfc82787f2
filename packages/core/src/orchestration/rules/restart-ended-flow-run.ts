import { isFinal } from '../../model/state-type.ts';
import { MAX_THROWN_AWAY } from '../behind-task.ts';
import { ANY_STATE, defineFlowRunGate } from '../rule.ts';
import { abort, proceed } from '../verdict.ts';

/** A run is restarted from one of its tasks when nothing of it goes on any more: neither itself nor a child that would run again. */
export const restartEndedFlowRun = defineFlowRunGate({
  name: 'restart-ended-flow-run',
  from: ANY_STATE,
  to: ['SCHEDULED'],
  needs: ['thrown_away'],
  decide: ({ current, facts: { restart, thrown_away } }) => {
    if (!restart) return proceed;
    if (!isFinal(current.type)) return abort(`It is ${current.name}: only a run that has ended can be restarted.`);
    if (thrown_away.results > MAX_THROWN_AWAY)
      return abort(`It would throw away ${thrown_away.results} results, and ${MAX_THROWN_AWAY} is the most: start a new run instead.`);
    if (thrown_away.open_child) return abort(`Its child flow run ${thrown_away.open_child} would run again, and has not ended.`);
    return proceed;
  },
});
