import type { FlowRunChange, TaskRunChange } from './change.ts';

/** A proposal: what it is about, and what is not the usual. The state's id is made here or by the caller, once. */
type Proposed<C, K extends keyof C> = Pick<C, K> & Partial<Omit<C, K | 'kind'>>;

/** A state for a flow run, judged by the rules unless it is forced. */
export const proposeFlowRun = (change: Proposed<FlowRunChange, 'id' | 'state_id' | 'proposed'>): FlowRunChange => ({
  kind: 'flow_run',
  create: null,
  claim: null,
  reap: false,
  force: false,
  writer: null,
  ...change,
});

/** A state for a task run. */
export const proposeTaskRun = (change: Proposed<TaskRunChange, 'id' | 'state_id' | 'proposed'>): TaskRunChange => ({
  kind: 'task_run',
  create: null,
  step: false,
  recorded: null,
  force: false,
  writer: null,
  ...change,
});

/** What a task run did elsewhere: it is kept, in the order of its own time, and never judged. */
export const recordTaskRun = (
  change: Pick<TaskRunChange, 'state_id' | 'proposed'> & { readonly [K in 'create' | 'recorded']: NonNullable<TaskRunChange[K]> },
): TaskRunChange => proposeTaskRun({ ...change, id: change.create.id });
