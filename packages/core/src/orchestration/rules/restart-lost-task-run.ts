import { defineTaskRunGate } from '../rule.ts';
import { amend, proceed } from '../verdict.ts';

/** A task whose process was lost starts again in the next one. It did not fail: the start that came to nothing uses up no retry. */
export const restartLostTaskRun = defineTaskRunGate({
  name: 'restart-lost-task-run',
  from: ['RUNNING'],
  to: ['RUNNING'],
  decide: ({ run, facts }) => (facts.writer ? amend({ run: { run_count: run.run_count - 1 } }) : proceed),
});
