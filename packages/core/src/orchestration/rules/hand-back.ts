import { defineFlowRunGate } from '../rule.ts';
import { amend, proceed } from '../verdict.ts';

/** A worker that drains gives a run back. It was not the run's fault: the start that comes to nothing uses up no retry. */
export const handBack = defineFlowRunGate({
  name: 'hand-back',
  from: ['RUNNING'],
  to: ['SCHEDULED'],
  decide: ({ run, facts }) => (facts.writer?.self ? amend({ run: { run_count: run.run_count - 1 } }) : proceed),
});
