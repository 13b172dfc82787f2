import { FINAL_STATE_TYPES, isFinal } from '../../model/state-type.ts';
import { hasResult } from '../result-data.ts';
import { ANY_STATE, defineFlowRunGate } from '../rule.ts';
import { abort, amend, proceed, reject } from '../verdict.ts';

/** When a flow run may leave a final state; a restart gives up its result. Prefect's HandleFlowTerminalStateTransitions, 3.8.3. */
export const keepFinalFlowRun = defineFlowRunGate({
  name: 'keep-final-flow-run',
  from: FINAL_STATE_TYPES,
  to: ANY_STATE,
  decide: ({ current, proposed, run, facts: { restart } }) => {
    if (proposed.type === 'CANCELLING' || proposed.type === 'PAUSED' || proposed.type === 'CRASHED') {
      return abort(`Run is already in terminal state ${current.type}.`);
    }
    if (current.type === 'COMPLETED' && hasResult(current.data) && !restart) {
      if (!isFinal(proposed.type)) return reject('Run is already COMPLETED.');
      if (proposed.type === 'COMPLETED' && !hasResult(proposed.data)) {
        return reject('Cannot overwrite a COMPLETED state that carries persisted result data with one that does not.');
      }
    }
    if (proposed.type === 'SCHEDULED' && !run.deployment_id) return abort('Cannot reschedule a run without an associated deployment.');
    if (isFinal(proposed.type)) return proceed;
    const retry_type = proposed.type === 'SCHEDULED' ? ('reschedule' as const) : null;
    const empirical_policy = { ...run.empirical_policy, resuming: false, pause_keys: [], retry_type };
    return amend({ run: { empirical_policy, crash_count: 0 } });
  },
});
