import type { Micros } from '@sluice/core/lib/time';
import type { State } from '@sluice/core/model/state';
import type { Behind } from '../store/behind-task.ts';
import type { NewInput } from '../store/flow-run-inputs.ts';
import type { HeldSlot, LeaseRow } from '../store/leases.ts';
import type { LockedFlowRun, LockedTaskRun } from '../store/lock-runs.ts';
import type { NewFlowRun, NewTaskRun } from '../store/new-runs.ts';
import type { OpenTaskRun } from '../store/open-inside.ts';
import type { CountedLimit } from '../store/slot-counts.ts';
import type { SlotRow } from '../store/slots.ts';
import type { CacheEntry } from '../store/task-cache.ts';
import type { StateRow } from '../store/write-runs.ts';

export type TagLimit = CountedLimit & { holders: string[] };

/** What one batch works on: rows that it holds locked, and facts. The fold changes it as it goes, so a change sees those before it. */
export interface WorkingSet {
  now: Micros;
  readonly flowRuns: Map<string, LockedFlowRun>;
  readonly taskRuns: Map<string, LockedTaskRun>;
  readonly leases: Map<string, LeaseRow>;
  /** Limits of places, by the id of the pool, queue, deployment or worker. */
  readonly places: Map<string, CountedLimit>;
  /** Limits of tags, by the tag. */
  readonly tags: Map<string, TagLimit>;
  /** What had not ended in flow runs that may end now, directly below them. */
  readonly openTaskRuns: readonly OpenTaskRun[];
  /** Task runs of a flow run that had not ended when the batch began, or were started in it. Those of runs that end are all here. */
  readonly inside: Map<string, Set<string>>;
  /** Those of these task runs that stand for child flow runs: the subflow, or null for a child that has a process of its own. */
  readonly children: Map<string, Set<string | null>>;
  /** What a restart of a flow run throws away. */
  readonly behind: Map<string, Behind>;
  /** What has been computed, by the key of it. */
  readonly cached: Map<string, State>;
  /** How often runs of a deployment may be claimed, where it says so itself. */
  readonly maxClaims: Map<string, number>;
}

export const emptySet = (now: Micros): WorkingSet => ({
  now,
  flowRuns: new Map(),
  taskRuns: new Map(),
  leases: new Map(),
  places: new Map(),
  tags: new Map(),
  openTaskRuns: [],
  inside: new Map(),
  children: new Map(),
  behind: new Map(),
  cached: new Map(),
  maxClaims: new Map(),
});

/** Whether the run's slot of its deployment has ended before the run. */
export function hasLostSlot({ leases }: WorkingSet, { id, deployment_id }: LockedFlowRun): boolean {
  const lease = leases.get(id);
  return deployment_id !== null && lease?.deployment_lease_id != null && lease.deployment_id === null;
}

const note = <T>(map: Map<string, Set<T>>, key: string, value: T) => {
  const values = map.get(key);
  if (values) values.add(value);
  else map.set(key, new Set([value]));
};

export const noteTaskRun = ({ inside }: WorkingSet, flowRunId: string, id: string): void => note(inside, flowRunId, id);
export const noteChild = ({ children }: WorkingSet, taskRunId: string, subflow: string | null): void => note(children, taskRunId, subflow);

/** What the batch will write, in one transaction. */
export interface Writes {
  readonly newFlowRuns: Map<string, NewFlowRun>;
  readonly newTaskRuns: Map<string, NewTaskRun>;
  /** What recorded task runs are called now, and what else a client says of them. */
  readonly describedTaskRuns: Map<string, NewTaskRun>;
  readonly changedFlowRuns: Set<string>;
  readonly changedTaskRuns: Set<string>;
  readonly flowRunStates: StateRow[];
  readonly taskRunStates: StateRow[];
  readonly results: { id: string; flow_run_id: string | null; value: unknown }[];
  readonly newLeases: Map<string, LeaseRow>;
  readonly endedLeases: Set<string>;
  readonly heldDeploymentSlots: Map<string, HeldSlot>;
  readonly newSlots: SlotRow[];
  /** Task runs whose slots are freed. */
  readonly freedTaskRuns: Set<string>;
  /** Flow runs whose children are to be cancelled after the commit. */
  readonly cancelledParents: Set<string>;
  readonly newCached: CacheEntry[];
  readonly forgottenInputs: { readonly flow_run_id: string; readonly key: string }[];
  readonly newInputs: NewInput[];
  /** Queues in which a run is due, and when. */
  readonly due: Map<string, Micros>;
}

export const emptyWrites = (): Writes => ({
  newFlowRuns: new Map(),
  newTaskRuns: new Map(),
  describedTaskRuns: new Map(),
  changedFlowRuns: new Set(),
  changedTaskRuns: new Set(),
  flowRunStates: [],
  taskRunStates: [],
  results: [],
  newLeases: new Map(),
  endedLeases: new Set(),
  heldDeploymentSlots: new Map(),
  newSlots: [],
  freedTaskRuns: new Set(),
  cancelledParents: new Set(),
  newCached: [],
  forgottenInputs: [],
  newInputs: [],
  due: new Map(),
});
