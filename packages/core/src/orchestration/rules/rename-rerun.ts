import { ANY_STATE, defineGate } from '../rule.ts';
import { amend, proceed } from '../verdict.ts';

/** A second run is called Retrying after AwaitingRetry, Rerunning otherwise. Prefect's RenameReruns, 2.13.7 and later. */
export const renameRerun = defineGate({
  name: 'rename-rerun',
  from: ANY_STATE,
  to: ['RUNNING'],
  decide: ({ current, run }) =>
    run.run_count > 0 ? amend({ state: { name: current.name === 'AwaitingRetry' ? 'Retrying' : 'Rerunning' } }) : proceed,
});
