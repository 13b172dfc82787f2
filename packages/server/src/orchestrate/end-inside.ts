import { isFinal } from '@sluice/core/model/state-type';
import { endInside } from '@sluice/core/orchestration/end-inside';
import type { LockedFlowRun } from '../store/lock-runs.ts';
import type { Change } from './change.ts';
import type { Fold } from './fold-context.ts';
import { proposeFlowRun, proposeTaskRun } from './propose.ts';

/**
 * The changes that end what an ended flow run has left open: its task runs, and for those that stand for a subflow the subflow,
 * which takes its task run along. A child that a deployment made has a process and a life of its own, and its task run goes with it.
 */
export function endsInside({ set, newId }: Fold, { id, state }: LockedFlowRun): Change[] {
  if (!state) return [];
  const isOpen = (run: Pick<LockedFlowRun, 'state'> | undefined) => run !== undefined && !isFinal(run.state?.type);
  return [...(set.inside.get(id) ?? [])].flatMap((taskRunId): Change[] => {
    if (!isOpen(set.taskRuns.get(taskRunId))) return [];
    const children = [...(set.children.get(taskRunId) ?? [])].filter((child) => child === null || isOpen(set.flowRuns.get(child)));
    if (children.length === 0) return [proposeTaskRun({ id: taskRunId, state_id: newId(), proposed: endInside(state, 'flow run'), force: true })];
    return children.flatMap((child): Change[] =>
      child === null ? [] : [proposeFlowRun({ id: child, state_id: newId(), proposed: endInside(state, 'parent'), force: true })],
    );
  });
}
