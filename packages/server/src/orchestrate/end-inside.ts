import { isFinal } from '@sluice/core/model/state-type';
import { endInside } from '@sluice/core/orchestration/end-inside';
import type { LockedFlowRun } from '../store/lock-runs.ts';
import type { Change } from './change.ts';
import type { Fold } from './fold-context.ts';

/**
 * The changes that end what an ended flow run has left open: its task runs, and for those that stand for a subflow the subflow,
 * which takes its task run along. A child that a deployment made has a process and a life of its own, and its task run goes with it.
 */
export function endsInside({ set, newId }: Fold, { id, state }: LockedFlowRun): Change[] {
  if (!state) return [];
  const proposal = { create: null, force: true, writer: null };
  const isOpen = (run: Pick<LockedFlowRun, 'state'> | undefined) => run !== undefined && !isFinal(run.state?.type);
  return [...(set.inside.get(id) ?? [])].flatMap((taskRunId): Change[] => {
    if (!isOpen(set.taskRuns.get(taskRunId))) return [];
    const children = [...(set.children.get(taskRunId) ?? [])].filter((child) => child === null || isOpen(set.flowRuns.get(child)));
    if (children.length === 0)
      return [{ ...proposal, kind: 'task_run', id: taskRunId, step: false, state_id: newId(), proposed: endInside(state, 'flow run') }];
    return children.flatMap((child): Change[] =>
      child === null
        ? []
        : [{ ...proposal, kind: 'flow_run', id: child, claim: null, reap: false, state_id: newId(), proposed: endInside(state, 'parent') }],
    );
  });
}
