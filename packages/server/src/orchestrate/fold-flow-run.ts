import { assertNever } from '@sluice/core/lib/assert-never';
import { type Micros, toMicros } from '@sluice/core/lib/time';
import type { State } from '@sluice/core/model/state';
import type { Effect } from '@sluice/core/orchestration/effect';
import { evaluate } from '@sluice/core/orchestration/evaluate';
import { flowRunPolicy, forcedFlowRunPolicy } from '@sluice/core/orchestration/flow-run-policy';
import { forcedTaskRunPolicy } from '@sluice/core/orchestration/task-run-policy';
import type { LockedFlowRun, LockedTaskRun } from '../store/lock-runs.ts';
import type { NewFlowRun } from '../store/new-runs.ts';
import type { CountedLimit } from '../store/slot-counts.ts';
import type { Change, FlowRunChange, Outcome } from './change.ts';
import { endsInside } from './end-inside.ts';
import { answered, type Fold, leaseFacts, toState, unchanged } from './fold-context.ts';
import { foldTaskRun } from './fold-task-run.ts';
import { keepResultApart } from './result-apart.ts';
import { throwAway, thrownAway } from './throw-away.ts';
import { hasLostSlot, noteChild, type WorkingSet } from './working-set.ts';

/** Prefect's initial_deployment_lease_duration. */
const GRACE_SECONDS = 300;

/** A run that loses its process may be claimed this often, unless its deployment says otherwise. */
const MAX_CLAIMS = 3;

export function foldFlowRun(fold: Fold, change: FlowRunChange): Outcome {
  const { set, writes } = fold;
  const there = set.flowRuns.get(change.id);
  if (there && change.create) return unchanged(change.id, false, there.state);
  const run = there ?? blankFlowRun(change.create as NewFlowRun);
  if (change.reap && !set.leases.get(run.id)?.expired) return unchanged(run.id, false, run.state);
  if (change.pauseIsOver && !isPauseOver(run.state, set.now)) return unchanged(run.id, false, run.state);

  const facts = {
    ...leaseFacts(set, run.id, change.writer),
    claim: change.claim !== null,
    restart: change.restart !== undefined,
    slots: placesOf(set, change, run),
    max_claims: (run.deployment_id && set.maxClaims.get(run.deployment_id)) || MAX_CLAIMS,
    lost_slot: lostSlot(set, run),
    renews: change.renews === true,
    thrown_away: thrownAway(set, run.id),
  };
  const policy = change.force || !there ? forcedFlowRunPolicy : flowRunPolicy;
  const decision = evaluate(policy, { run, proposed: toState(change.state_id, change.proposed, set.now), facts, now: set.now });
  // A create that is refused, since its maker has lost its lease, leaves no run behind.
  const created = change.create !== null && decision.written !== null;
  if (change.create && created) {
    writes.newFlowRuns.set(run.id, change.create);
    if (run.parent_task_run_id) noteChild(set, run.parent_task_run_id, run.deployment_id === null && run.work_queue_id === null ? run.id : null);
  }
  if (decision.written) {
    const state = keepResultApart(writes, decision.written, run.id);
    const next = { ...(decision.run as LockedFlowRun), state, ...(decision.status === 'ACCEPT' && noted(change)) };
    set.flowRuns.set(run.id, next);
    writes.changedFlowRuns.add(run.id);
    writes.flowRunStates.push({ run_id: run.id, state, epoch: change.writer?.epoch ?? null });
    noteDue(fold, next);
    if (change.input && decision.status === 'ACCEPT') writes.newInputs.push({ ...change.input, id: fold.newId(), flow_run_id: run.id, sender: null });
    for (const effect of decision.effects) applyEffect(fold, change, effect);
  }
  return answered(run.id, created, decision, set.flowRuns.get(run.id)?.state ?? null, set.leases.get(run.id)?.epoch ?? 0);
}

const isPauseOver = (state: State | null, now: Micros): boolean =>
  state?.type === 'PAUSED' && state.state_details.pause_timeout != null && toMicros(state.state_details.pause_timeout) < now;

/** What a holder tells of the run with its state. */
const noted = ({ infrastructure_pid, empirical_policy }: FlowRunChange): Partial<LockedFlowRun> => ({
  ...(infrastructure_pid !== undefined && { infrastructure_pid }),
  ...(empirical_policy && { empirical_policy }),
});

/** The limits of where a run would run: worker, pool, queue, deployment. */
function placesOf(set: WorkingSet, { claim }: FlowRunChange, run: LockedFlowRun): CountedLimit[] {
  const queue = run.work_queue_id ? set.places.get(run.work_queue_id) : undefined;
  const ids = [claim?.incarnation_id, queue?.work_pool_id, run.work_queue_id, run.deployment_id];
  return ids.flatMap((id) => (id && set.places.get(id)) || []);
}

/** The limit of the deployment that a run has lost its slot of while it was PENDING. */
function lostSlot(set: WorkingSet, run: LockedFlowRun): CountedLimit | null {
  return hasLostSlot(set, run) ? (set.places.get(run.deployment_id as string) ?? null) : null;
}

function applyEffect(fold: Fold, change: FlowRunChange, effect: Effect): void {
  const run = fold.set.flowRuns.get(change.id) as LockedFlowRun;
  switch (effect.kind) {
    case 'take-lease':
      takeLease(fold, change, run);
      break;
    case 'hold-deployment-slot':
      holdDeploymentSlot(fold, change, run);
      break;
    case 'drop-lease':
      dropLease(fold, run);
      break;
    case 'cancel-children':
      fold.writes.cancelledParents.add(run.id);
      break;
    case 'mirror-on-parent-task':
      mirror(fold, effect.task_run_id, run);
      break;
    case 'end-inside':
      for (const end of endsInside(fold, run)) foldInside(fold, end);
      break;
    case 'throw-away':
      foldThrownAway(fold, run);
      break;
    case 'forget-inputs':
      fold.writes.forgottenInputs.push(...effect.keys.map((key) => ({ flow_run_id: run.id, key })));
      break;
    case 'take-tag-slots':
    case 'free-tag-slots':
    case 'keep-in-cache':
      throw new Error(`a flow run has no ${effect.kind}`);
    default:
      assertNever(effect);
  }
}

/** A moment before the run is scheduled: a parent starts those children again that had ended by then. */
function foldThrownAway(fold: Fold, run: LockedFlowRun): void {
  const { now } = fold.set;
  for (const change of throwAway(fold, run.id)) {
    fold.set.now = now - 2;
    foldInside(fold, change);
  }
  fold.set.now = now;
}

function foldInside(fold: Fold, end: Change): void {
  fold.set.now += 1;
  if (end.kind === 'flow_run') foldFlowRun(fold, end);
  else foldTaskRun(fold, end);
}

function takeLease(fold: Fold, { claim }: FlowRunChange, run: LockedFlowRun): void {
  const { set, writes } = fold;
  const lease = {
    flow_run_id: run.id,
    epoch: run.epoch + 1,
    work_pool_id: (run.work_queue_id && set.places.get(run.work_queue_id)?.work_pool_id) || null,
    work_queue_id: run.work_queue_id,
    deployment_id: run.deployment_id,
    incarnation_id: claim?.incarnation_id ?? null,
    lease_seconds: claim?.lease_seconds ?? null,
    deployment_lease_id: (claim ? null : run.state?.state_details.deployment_concurrency_lease_id) ?? null,
    deployment_seconds: (run.deployment_id && set.places.get(run.deployment_id)?.grace_period_seconds) || GRACE_SECONDS,
    lent: false,
    expired: false,
  };
  set.flowRuns.set(run.id, { ...run, epoch: lease.epoch, worker_name: claim?.worker_name ?? run.worker_name });
  set.leases.set(run.id, lease);
  writes.newLeases.set(run.id, lease);
  countSlots(set, [lease.incarnation_id, lease.work_pool_id, lease.work_queue_id, lease.deployment_id], 1);
}

function holdDeploymentSlot({ set, writes }: Fold, { renews = false }: FlowRunChange, run: LockedFlowRun): void {
  const lease = set.leases.get(run.id);
  if (!lease) return;
  if (!lease.deployment_id) countSlots(set, [run.deployment_id], 1);
  set.leases.set(run.id, { ...lease, deployment_id: run.deployment_id });
  writes.heldDeploymentSlots.set(run.id, { flow_run_id: run.id, deployment_id: run.deployment_id, renews });
}

function dropLease({ set, writes }: Fold, run: LockedFlowRun): void {
  const lease = set.leases.get(run.id);
  if (!lease) return;
  set.leases.delete(run.id);
  writes.endedLeases.add(run.id);
  writes.newLeases.delete(run.id);
  writes.heldDeploymentSlots.delete(run.id);
  // What was lent counts for nobody already.
  countSlots(set, lease.lent ? [lease.deployment_id] : [lease.incarnation_id, lease.work_pool_id, lease.work_queue_id, lease.deployment_id], -1);
}

function countSlots(set: WorkingSet, ids: readonly (string | null)[], by: 1 | -1): void {
  for (const id of ids) {
    const place = id ? set.places.get(id) : undefined;
    if (place) set.places.set(place.id, { ...place, used: place.used + by });
  }
}

/** The task run that stands for a child flow run in its parent shows the child's state. */
function mirror({ set, writes, newId }: Fold, taskRunId: string, child: LockedFlowRun): void {
  const task = set.taskRuns.get(taskRunId);
  if (!task || !child.state) return;
  const state_details = { ...child.state.state_details, child_flow_run_id: child.id, transition_id: null };
  const facts = {
    lease: null,
    writer: null,
    flow_run: (task.flow_run_id && set.flowRuns.get(task.flow_run_id)) || null,
    slots: [],
    cached: null,
    random: 0,
  };
  const { run, written } = evaluate(forcedTaskRunPolicy, {
    run: task,
    proposed: { ...child.state, id: newId(), state_details },
    facts,
    now: set.now,
  });
  set.taskRuns.set(taskRunId, run as LockedTaskRun);
  writes.changedTaskRuns.add(taskRunId);
  writes.taskRunStates.push({ run_id: taskRunId, state: written as State, epoch: null });
}

function noteDue({ writes }: Fold, run: LockedFlowRun): void {
  if (!run.work_queue_id || !run.next_scheduled_start_time) return;
  const due = toMicros(run.next_scheduled_start_time);
  writes.due.set(run.work_queue_id, Math.min(due, writes.due.get(run.work_queue_id) ?? due));
}

function blankFlowRun({
  id,
  flow_id,
  idempotency_key,
  deployment_id,
  parent_task_run_id,
  empirical_policy,
  work_queue_id,
}: NewFlowRun): LockedFlowRun {
  return {
    id,
    flow_id,
    idempotency_key,
    deployment_id,
    parent_task_run_id,
    empirical_policy,
    work_queue_id,
    state: null,
    run_count: 0,
    expected_start_time: null,
    next_scheduled_start_time: null,
    start_time: null,
    end_time: null,
    total_run_time: 0,
    infrastructure_pid: null,
    crash_count: 0,
    epoch: 0,
    worker_name: null,
  };
}
