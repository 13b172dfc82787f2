import { isFinal } from '@sluice/core/model/state-type';
import { hasResult } from '@sluice/core/orchestration/result-data';
import type { FlowRunFacts } from '@sluice/core/orchestration/run-record';
import { resultsOf } from '../store/behind-task.ts';
import type { Change } from './change.ts';
import type { Fold } from './fold-context.ts';
import { proposeFlowRun, proposeTaskRun } from './propose.ts';
import type { WorkingSet } from './working-set.ts';

export function thrownAway(set: WorkingSet, id: string): FlowRunFacts['thrown_away'] {
  const behind = set.behind.get(id);
  if (!behind) return { results: 0, open_child: null };
  const open_child = behind.flow_runs.find((child) => !isFinal(set.flowRuns.get(child)?.state?.type)) ?? null;
  return { results: resultsOf(behind), open_child };
}

/**
 * The changes that make results count no more. What was COMPLETED is CANCELLED: a client that comes to it again runs it again, as
 * it does with what failed. A task run that stands for a child has changed with it when its turn comes.
 */
export function* throwAway({ set, newId }: Fold, id: string): Generator<Change> {
  const { flow_runs, task_runs } = set.behind.get(id) ?? { flow_runs: [], task_runs: [] };
  const cancelled = (around: string) => ({ type: 'CANCELLED' as const, message: `Thrown away: its ${around} was restarted.` });
  for (const child of flow_runs) {
    if (set.flowRuns.get(child)?.state?.type !== 'COMPLETED') continue;
    yield proposeFlowRun({ id: child, state_id: newId(), proposed: cancelled('parent'), force: true });
  }
  for (const task of task_runs) {
    const state = set.taskRuns.get(task)?.state;
    if (state?.type !== 'COMPLETED' || !hasResult(state.data)) continue;
    yield proposeTaskRun({ id: task, state_id: newId(), proposed: cancelled('flow run'), force: true });
  }
}
