import { assertNever } from '@sluice/core/lib/assert-never';
import { toMicros } from '@sluice/core/lib/time';
import type { Effect } from '@sluice/core/orchestration/effect';
import { evaluate } from '@sluice/core/orchestration/evaluate';
import { forcedTaskRunPolicy, taskRunPolicy } from '@sluice/core/orchestration/task-run-policy';
import type { LockedTaskRun } from '../store/lock-runs.ts';
import type { NewTaskRun } from '../store/new-runs.ts';
import type { Outcome, Recorded, TaskRunChange } from './change.ts';
import { answered, type Fold, leaseFacts, toState, unchanged } from './fold-context.ts';
import { keepResultApart } from './result-apart.ts';
import { noteTaskRun, type TagLimit } from './working-set.ts';

/** A number from 0 to 1 out of a random id. */
const randomOf = (id: string) => Number.parseInt(id.slice(-6), 16) / 0xffffff;

export function foldTaskRun(fold: Fold, change: TaskRunChange): Outcome {
  if (change.recorded) return foldRecorded(fold, change, change.recorded);
  const { set, writes } = fold;
  const there = set.taskRuns.get(change.id);
  if (there && change.create && !change.step) return unchanged(change.id, false, there.state);
  const run = there ?? blankTaskRun(change.create as NewTaskRun);
  // A step takes its slots before it learns that the task run is there already, under another id.
  const ids = [run.id, change.create?.id];
  const tags = [...new Set(run.tags)].flatMap((tag) => set.tags.get(tag) ?? []).filter(({ holders }) => !holders.some((id) => ids.includes(id)));
  const flowRun = (run.flow_run_id && set.flowRuns.get(run.flow_run_id)) || null;
  const cached = set.cached.get(change.proposed.state_details?.cache_key ?? '') ?? null;
  const facts = {
    ...leaseFacts(set, run.flow_run_id ?? '', change.writer),
    flow_run: flowRun,
    slots: tags,
    cached,
    random: randomOf(change.state_id),
  };

  // A step that is refused leaves no task run behind that never had a state.
  const policy = change.force || (!there && !change.step) ? forcedTaskRunPolicy : taskRunPolicy;
  const decision = evaluate(policy, { run, proposed: toState(change.state_id, change.proposed, set.now), facts, now: set.now });
  if (!decision.written) return answered(run.id, false, decision, run.state, 0);
  if (!there) writes.newTaskRuns.set(run.id, change.create as NewTaskRun);
  const state = keepResultApart(writes, decision.written, run.flow_run_id);
  set.taskRuns.set(run.id, { ...(decision.run as LockedTaskRun), state });
  writes.changedTaskRuns.add(run.id);
  if (run.flow_run_id) noteTaskRun(set, run.flow_run_id, run.id);
  writes.taskRunStates.push({ run_id: run.id, state, epoch: change.writer?.epoch ?? null });
  for (const effect of decision.effects) applyEffect(fold, change, run, tags, effect);
  return answered(run.id, !there, decision, state, 0);
}

/** A state that came late goes into the history at its own time, and the run stays as it is; one that is sent again changes nothing. */
function foldRecorded({ set, writes }: Fold, change: TaskRunChange, { timestamp, ...columns }: Recorded): Outcome {
  const there = set.taskRuns.get(change.id);
  const run = there ?? blankTaskRun(change.create as NewTaskRun);
  if (run.state?.id === change.state_id) return unchanged(run.id, false, run.state);
  const state = keepResultApart(writes, { ...toState(change.state_id, change.proposed, set.now), timestamp }, run.flow_run_id);
  writes.taskRunStates.push({ run_id: run.id, state, epoch: null });
  if (!there) writes.newTaskRuns.set(run.id, change.create as NewTaskRun);
  if (!run.state || toMicros(run.state.timestamp) <= toMicros(timestamp)) {
    set.taskRuns.set(run.id, { ...run, ...columns, tags: change.create?.tags ?? run.tags, state });
    writes.changedTaskRuns.add(run.id);
    // Its name may be known only when it runs, its inputs only when they are there.
    if (there && change.create) writes.describedTaskRuns.set(run.id, change.create);
  }
  return { ...unchanged(run.id, !there, set.taskRuns.get(run.id)?.state ?? null), written: true };
}

function applyEffect(fold: Fold, change: TaskRunChange, run: LockedTaskRun, tags: readonly TagLimit[], effect: Effect): void {
  switch (effect.kind) {
    case 'take-tag-slots':
      takeTagSlots(fold, change, run, tags);
      break;
    case 'free-tag-slots':
      if (run.tags.length > 0) fold.writes.freedTaskRuns.add(run.id);
      break;
    case 'keep-in-cache':
      keepInCache(fold, run.id, effect);
      break;
    case 'forget-inputs':
    case 'take-lease':
    case 'hold-deployment-slot':
    case 'drop-lease':
    case 'cancel-children':
    case 'end-inside':
    case 'throw-away':
    case 'mirror-on-parent-task':
      throw new Error(`a task run has no ${effect.kind}`);
    default:
      assertNever(effect);
  }
}

/** Task runs of the same batch find it too. */
function keepInCache({ set, writes }: Fold, id: string, { cache_key, cache_expiration }: Extract<Effect, { kind: 'keep-in-cache' }>): void {
  const state = set.taskRuns.get(id)?.state;
  if (!state) return;
  writes.newCached.push({ task_run_state_id: state.id, cache_key, cache_expiration });
  if (cache_expiration === null || toMicros(cache_expiration) > set.now) set.cached.set(cache_key, state);
}

function takeTagSlots({ set, writes, newId }: Fold, change: TaskRunChange, run: LockedTaskRun, tags: readonly TagLimit[]): void {
  for (const tag of tags) {
    set.tags.set(tag.name, { ...tag, used: tag.used + 1, holders: [...tag.holders, run.id] });
    writes.newSlots.push({
      id: newId(),
      concurrency_limit_id: tag.id,
      lease_id: newId(),
      slots: 1,
      lease_seconds: null,
      holder_type: 'task_run',
      holder_id: run.id,
      flow_run_id: run.flow_run_id && set.leases.has(run.flow_run_id) ? run.flow_run_id : null,
      epoch: change.writer?.epoch ?? null,
      unit: null,
    });
  }
}

function blankTaskRun({ id, flow_run_id, task_key, dynamic_key, empirical_policy, tags }: NewTaskRun): LockedTaskRun {
  return {
    id,
    task_key,
    dynamic_key,
    flow_run_id,
    empirical_policy,
    tags,
    flow_run_run_count: 0,
    state: null,
    run_count: 0,
    expected_start_time: null,
    next_scheduled_start_time: null,
    start_time: null,
    end_time: null,
    total_run_time: 0,
  };
}
