import { SluiceError } from '@sluice/core/errors/sluice-error';
import { MAX_THROWN_AWAY } from '@sluice/core/orchestration/behind-task';
import type { Database, Sql } from '../db/database.ts';
import { EVERYTHING, type News } from '../events/news.ts';
import { resultsOf } from '../store/behind-task.ts';
import { existingIds, readClock } from '../store/lock-runs.ts';
import { readWrittenStates } from '../store/states.ts';
import type { Change, FlowRunChange, Outcome } from './change.ts';
import { foldChange } from './fold.ts';
import { unchanged } from './fold-context.ts';
import { load } from './load.ts';
import { emptySet, emptyWrites, type WorkingSet } from './working-set.ts';
import { write } from './write.ts';

/** A change that waits for its answer. */
export interface Pending {
  readonly change: Change;
  readonly since: number;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
  /** The outcome of an earlier try is unknown: it may have been committed. */
  uncertain: boolean;
}

export interface BatchResult {
  readonly outcomes: ReadonlyMap<Pending, Outcome | Error>;
  /** Their rows are held by somebody else. */
  readonly postponed: readonly Pending[];
  readonly news: News;
  readonly cancelledParents: ReadonlySet<string>;
}

/**
 * One transaction for all changes: lock, load, decide in order of arrival, write, commit. Writes and commit are sent together: when
 * a write fails the commit is a rollback, and the write's promise tells.
 */
export async function runBatch(database: Database, batch: readonly Pending[], newId: () => string): Promise<BatchResult> {
  const { known, outcomes, postponed, writes, written } = await database.transactionAtOnce(async (sql) => {
    const known = await lookUp(sql, batch);
    const outcomes = new Map<Pending, Outcome | Error>(known);
    const open = batch.filter((pending) => !outcomes.has(pending));
    const { set, changes } = await load(
      sql,
      open.map(({ change }) => change),
    );
    const postponed: Pending[] = [];
    const absent = await findAbsent(sql, changes, set);
    const fold = { set, writes: emptyWrites(), newId };
    for (const [index, pending] of open.entries()) {
      const change = changes[index] as Change;
      const why = absent.get(change) ?? misplaced(change, set);
      // A claim does not wait: its worker may have another run meanwhile.
      if (why === 'locked' && change.kind === 'flow_run' && change.claim) outcomes.set(pending, heldElsewhere(change.id));
      else if (why === 'locked') postponed.push(pending);
      else outcomes.set(pending, why ?? foldChange(fold, change));
    }
    const written = write(sql, set, fold.writes);
    written.catch(() => {}); // awaited below, after the commit
    return { known, outcomes, postponed, writes: fold.writes, written };
  });
  const news = {
    flow_runs: writes.flowRunStates.map(({ run_id }) => run_id),
    claimable: writes.due.size > 0 || writes.endedLeases.size > 0,
    limits: await written,
    events: writes.flowRunStates.length > 0 || writes.taskRunStates.length > 0,
    records: writes.newSlots.length > 0 ? { concurrency_limit: writes.newSlots.map(({ concurrency_limit_id }) => concurrency_limit_id) } : {},
  };
  return { outcomes, postponed, news: withNewsOf(known, news), cancelledParents: writes.cancelledParents };
}

/**
 * Makes runs that nobody else can know of yet: their ids are new, and the caller holds what their keys are made of. So there is
 * nothing to lock and no fact to load.
 */
export async function makeRuns(sql: Sql, changes: readonly FlowRunChange[], newId: () => string): Promise<News> {
  const set = emptySet(await readClock(sql));
  const fold = { set, writes: emptyWrites(), newId };
  for (const change of changes) foldChange(fold, change);
  await write(sql, set, fold.writes);
  const flow_runs = fold.writes.flowRunStates.map(({ run_id }) => run_id);
  return { flow_runs, claimable: fold.writes.due.size > 0, limits: [], events: flow_runs.length > 0, records: {} };
}

/** Answers changes of which nobody knows whether they were committed, when they were. */
async function lookUp(sql: Sql, batch: readonly Pending[]): Promise<[Pending, Outcome][]> {
  const uncertain = batch.filter((pending) => pending.uncertain);
  if (uncertain.length === 0) return [];
  const written = await readWrittenStates(
    sql,
    uncertain.map(({ change }) => change.state_id),
  );
  return uncertain.flatMap((pending): [Pending, Outcome][] => {
    const found = written.get(pending.change.state_id);
    if (!found) return [];
    const status = found.state.type === pending.change.proposed.type ? 'ACCEPT' : 'REJECT';
    return [[pending, { ...unchanged(found.run_id, pending.change.create !== null, found.state), written: true, status, epoch: found.epoch }]];
  });
}

/** Nobody was told of what was committed in the dark: who waits looks again. */
function withNewsOf(known: readonly [Pending, Outcome][], news: News): News {
  if (known.length === 0) return news;
  return { ...news, flow_runs: [...news.flow_runs, ...known.map(([, { id }]) => id)], claimable: true, limits: [EVERYTHING], events: true };
}

interface Absent {
  readonly change: Change;
  readonly kind: Change['kind'];
  readonly id: string;
}

/**
 * Runs that a change needs and that are not in the set: its own; the flow run around a task, and that of the lease's holder, which
 * say whether it may write at all; the task run that shows a child's state in its parent; and what is open in a flow run that may end.
 */
function absentRuns(change: Change, set: WorkingSet): Absent[] {
  const { flowRuns, taskRuns } = set;
  const { kind, id, create, writer } = change;
  const lacking = (runKind: Change['kind'], runId: string | null | undefined): Absent[] =>
    !runId || (runKind === 'flow_run' ? flowRuns : taskRuns).has(runId) ? [] : [{ change, kind: runKind, id: runId }];
  const own = create ? [] : lacking(kind, id);
  const around =
    kind === 'flow_run'
      ? lacking('task_run', (flowRuns.get(id) ?? create)?.parent_task_run_id)
      : lacking('flow_run', (taskRuns.get(id) ?? create)?.flow_run_id);
  const inside = kind === 'flow_run' ? [...openInside(set, id), ...behind(change, set)].flatMap((run) => lacking(run.kind, run.id)) : [];
  return [...own, ...around, ...lacking('flow_run', writer?.flow_run_id), ...inside];
}

/** What a restart throws away, when it is not too much. */
function behind({ id }: Change, set: WorkingSet): Pick<Absent, 'kind' | 'id'>[] {
  const all = set.behind.get(id);
  if (!all || resultsOf(all) > MAX_THROWN_AWAY) return [];
  return [
    ...all.flow_runs.map((run) => ({ kind: 'flow_run' as const, id: run })),
    ...all.task_runs.map((run) => ({ kind: 'task_run' as const, id: run })),
  ];
}

/** What a flow run has left open, which ends with it: task runs, subflows, and theirs. */
function openInside(set: WorkingSet, flowRunId: string): Pick<Absent, 'kind' | 'id'>[] {
  return [...(set.inside.get(flowRunId) ?? [])].flatMap((id) => {
    const subflows = [...(set.children.get(id) ?? [])].filter((child) => child !== null);
    return [{ kind: 'task_run' as const, id }, ...subflows.flatMap((child) => [{ kind: 'flow_run' as const, id: child }, ...openInside(set, child)])];
  });
}

/** The id of another flow run's task run cannot make a task run, and changes nothing of that one. */
function misplaced(change: Change, set: WorkingSet): SluiceError | undefined {
  if (change.kind !== 'task_run' || !change.create) return undefined;
  const { id, create } = change;
  const there = set.taskRuns.get(id);
  if (!there || there.flow_run_id === create.flow_run_id) return undefined;
  return new SluiceError('CONFLICT', `Task run ${id} belongs to another flow run.`, { hint: 'Make it with an id of its own.' });
}

/** Changes that cannot be decided: somebody else holds a run that they need, or theirs does not exist. */
async function findAbsent(sql: Sql, changes: readonly Change[], set: WorkingSet): Promise<Map<Change, 'locked' | SluiceError>> {
  const absent = changes.flatMap((change) => absentRuns(change, set));
  if (absent.length === 0) return new Map();
  const idsOf = (kind: Change['kind']) => absent.flatMap((run) => (run.kind === kind ? run.id : []));
  const [flowRuns, taskRuns] = await Promise.all([existingIds(sql, 'flow_run', idsOf('flow_run')), existingIds(sql, 'task_run', idsOf('task_run'))]);
  const exists = ({ kind, id }: Absent) => (kind === 'flow_run' ? flowRuns : taskRuns).has(id);
  const missing = absent.filter((run) => !exists(run) && isNeeded(run));
  const locked = absent.filter(exists);
  return new Map<Change, 'locked' | SluiceError>([
    ...locked.map(({ change }) => [change, 'locked'] as const),
    ...missing.map(({ change, kind, id }) => [change, notFound(kind, id)] as const),
  ]);
}

/** Without its own run, or its flow run, there is nothing to decide; a holder or a parent that is gone is the rules' business. */
const isNeeded = ({ change, kind, id }: Absent): boolean =>
  id === change.id || (change.kind === 'task_run' && kind === 'flow_run' && id === change.create?.flow_run_id);

const notFound = (kind: Change['kind'], id: string) =>
  new SluiceError('NOT_FOUND', `${kind === 'flow_run' ? 'Flow run' : 'Task run'} ${id} not found`, {
    details: { id },
    hint: 'It was deleted, or belongs to another server.',
  });

/** Without a state: nothing is known of the run now. */
const heldElsewhere = (id: string): Outcome => ({
  ...unchanged(id, false, null),
  status: 'ABORT',
  reason: 'Somebody else is changing this run now.',
});
