import type { Change, Outcome } from './change.ts';
import type { Fold } from './fold-context.ts';
import { foldFlowRun } from './fold-flow-run.ts';
import { foldTaskRun } from './fold-task-run.ts';

/** Decides one change against the working set, and brings set and writes up to date with what was decided. */
export function foldChange(fold: Fold, change: Change): Outcome {
  fold.set.now += 1; // no two changes of a batch at the same instant
  return change.kind === 'flow_run' ? foldFlowRun(fold, change) : foldTaskRun(fold, change);
}
