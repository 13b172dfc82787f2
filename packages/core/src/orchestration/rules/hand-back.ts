import { isStranded, STRANDED } from '../is-stranded.ts';
import { defineFlowRunGate } from '../rule.ts';
import { amend, proceed, reject } from '../verdict.ts';

/** A worker that drains gives a run back. It was not the run's fault: the start that comes to nothing uses up no retry. */
export const handBack = defineFlowRunGate({
  name: 'hand-back',
  from: ['RUNNING', 'PAUSED'],
  to: ['SCHEDULED'],
  decide: ({ run, facts }) => {
    if (!facts.writer?.self) return proceed;
    if (isStranded(run, facts)) return reject('Stranded', { type: 'CRASHED', message: `Its worker stopped. ${STRANDED}` });
    return amend({ run: { run_count: Math.max(run.run_count - 1, 0) } });
  },
});
