import { FINAL_STATE_TYPES, isFinal } from '../../model/state-type.ts';
import { hasResult } from '../result-data.ts';
import { ANY_STATE, defineTaskRunGate } from '../rule.ts';
import { abort, amend, proceed, reject } from '../verdict.ts';

/**
 * A finished task that left a result is not run again: its result is taken. Others may start again, with all their retries.
 * Prefect's HandleTaskTerminalStateTransitions, 2.13.7 and later.
 */
export const keepFinalTaskRun = defineTaskRunGate({
  name: 'keep-final-task-run',
  from: FINAL_STATE_TYPES,
  to: ANY_STATE,
  decide: ({ current, proposed, run, facts }) => {
    if (proposed.type === 'CANCELLING' || proposed.type === 'PAUSED' || proposed.type === 'CRASHED') {
      return abort(`Run is already ${current.type}.`);
    }
    if (current.type === 'COMPLETED' && hasResult(current.data)) return reject('This run is already completed.');
    if (isFinal(proposed.type)) return proceed;
    const again = proposed.type === 'RUNNING' && run.flow_run_run_count < (facts.flow_run?.run_count ?? 0);
    return amend({ run: { run_count: 0 }, ...(again && { state: { name: 'Retrying' } }) });
  },
});
