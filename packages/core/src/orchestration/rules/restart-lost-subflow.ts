import { defineFlowRunGate } from '../rule.ts';
import { amend, proceed } from '../verdict.ts';

/** A subflow whose process was lost starts again in its parent's next one. It did not fail: the start that came to nothing uses up no retry. */
export const restartLostSubflow = defineFlowRunGate({
  name: 'restart-lost-subflow',
  from: ['RUNNING'],
  to: ['RUNNING'],
  decide: ({ run, facts: { writer } }) => (writer && !writer.self ? amend({ run: { run_count: run.run_count - 1 } }) : proceed),
});
