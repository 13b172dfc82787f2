import type { State } from '@sluice/core/model/state';
import { isFinal } from '@sluice/core/model/state-type';
import { endInside } from '@sluice/core/orchestration/end-inside';
import type { LockedFlowRun } from '../store/lock-runs.ts';
import type { Change } from './change.ts';
import type { Fold } from './fold-context.ts';
import { proposeFlowRun, proposeTaskRun } from './propose.ts';

/** What it would have begun with has failed: Prefect's clients of 2.x leave such a task run so, and its name says why it never ran. */
const isNeverReady = (state: State | null | undefined): boolean => state?.type === 'PENDING' && state.name === 'NotReady';

/**
 * The changes that end what an ended flow run has left open: its task runs, and for those that stand for a subflow the subflow,
 * which takes its task run along. A child that a deployment made has a process and a life of its own, and its task run goes with it.
 */
export function endsInside({ set, newId }: Fold, { id, state }: LockedFlowRun): Change[] {
  if (!state) return [];
  const isOpen = (run: Pick<LockedFlowRun, 'state'> | undefined) => run !== undefined && !isFinal(run.state?.type);
  return [...(set.inside.get(id) ?? [])].flatMap((taskRunId): Change[] => {
    const task = set.taskRuns.get(taskRunId);
    if (!isOpen(task) || (state.type !== 'CANCELLED' && isNeverReady(task?.state))) return [];
    const children = [...(set.children.get(taskRunId) ?? [])].filter((child) => child === null || isOpen(set.flowRuns.get(child)));
    if (children.length === 0) return [proposeTaskRun({ id: taskRunId, state_id: newId(), proposed: endInside(state, 'flow run'), force: true })];
    return children.flatMap((child): Change[] =>
      child === null ? [] : [proposeFlowRun({ id: child, state_id: newId(), proposed: endInside(state, 'parent'), force: true })],
    );
  });
}
