import { STATE_TYPES, type StateType } from '../model/state-type.ts';
import { flowRunPolicy, forcedFlowRunPolicy } from './flow-run-policy.ts';
import type { FlowRunNeed, Gate, TaskRunNeed } from './rule.ts';
import { forcedTaskRunPolicy, taskRunPolicy } from './task-run-policy.ts';

type Rule = Pick<Gate<never, never>, 'to' | 'needs'>;
type Needs<N> = { readonly [to in StateType]: ReadonlySet<N> };

/** What the rules need that are asked, or follow, when this state is proposed: whatever the run's state is, forced or not. */
function needsOf<N>(policies: readonly { gates: readonly Rule[]; consequences: readonly Rule[] }[]): Needs<N> {
  const rules = policies.flatMap(({ gates, consequences }) => [...gates, ...consequences]);
  const needs = (to: StateType) => new Set(rules.flatMap((rule) => (rule.to.includes(to) ? (rule.needs ?? []) : [])) as N[]);
  return Object.fromEntries(STATE_TYPES.map((to) => [to, needs(to)])) as unknown as Needs<N>;
}

export const FLOW_RUN_NEEDS = needsOf<FlowRunNeed>([flowRunPolicy, forcedFlowRunPolicy]);
export const TASK_RUN_NEEDS = needsOf<TaskRunNeed>([taskRunPolicy, forcedTaskRunPolicy]);
