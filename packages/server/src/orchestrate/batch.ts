import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Database, Sql } from '../db/database.ts';
import type { News } from '../dispatch/news.ts';
import { findFlowRuns, findTaskRuns, flowRunKey, type TaskRunKey, taskRunKey } from '../store/find-runs.ts';
import { existingIds } from '../store/lock-runs.ts';
import { readWrittenStates } from '../store/states.ts';
import type { Change, NewFlowRun, Outcome } from './change.ts';
import { foldChange } from './fold.ts';
import { unchanged } from './fold-context.ts';
import { loadWorkingSet } from './load.ts';
import { emptyWrites, type WorkingSet } from './working-set.ts';
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

/** One transaction for all changes: lock, load, decide in order of arrival, write, commit. */
export function runBatch(database: Database, batch: readonly Pending[], newId: () => string): Promise<BatchResult> {
  return database.transaction(async (sql) => {
    const outcomes = new Map<Pending, Outcome | Error>(await lookUp(sql, batch));
    const open = await findExisting(
      sql,
      batch.filter((pending) => !outcomes.has(pending)),
    );
    const set = await loadWorkingSet(
      sql,
      open.map(({ change }) => change),
    );
    const missing = await findMissing(sql, open, set);
    const fold = { set, writes: emptyWrites(), newId };
    const postponed: Pending[] = [];
    for (const { pending, change } of open) {
      const absent = missing.get(pending);
      if (absent === 'locked') postponed.push(pending);
      else if (absent === 'missing') outcomes.set(pending, notFound(change));
      else outcomes.set(pending, foldChange(fold, change));
    }
    const freed = await write(sql, set, fold.writes);
    const { flowRunStates, due, endedLeases, cancelledParents } = fold.writes;
    const news = {
      flow_runs: flowRunStates.map(({ run_id }) => run_id),
      claimable: due.size > 0 || endedLeases.size > 0,
      limits: freed,
    };
    return { outcomes, postponed, news, cancelledParents };
  });
}

interface Resolved {
  readonly pending: Pending;
  readonly change: Change;
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
    const status = found.state.type === pending.change.proposed?.type ? 'ACCEPT' : 'REJECT';
    return [[pending, { ...unchanged(found.run_id, pending.change.create !== null, found.state), written: true, status, epoch: found.epoch }]];
  });
}

/** A create whose keys are taken is about the run that has them. */
async function findExisting(sql: Sql, batch: readonly Pending[]): Promise<Resolved[]> {
  const creates = batch.map(({ change }) => change.create).filter((create) => create !== null);
  if (creates.length === 0) return batch.map((pending) => ({ pending, change: pending.change }));
  const flowRunKeys = creates.flatMap((create) => ('idempotency_key' in create && create.idempotency_key ? [withKey(create)] : []));
  const taskRunKeys = creates.flatMap((create) => ('task_key' in create && create.flow_run_id ? [create as TaskRunKey] : []));
  const [flowRuns, taskRuns] = await Promise.all([findFlowRuns(sql, flowRunKeys), findTaskRuns(sql, taskRunKeys)]);
  return batch.map((pending) => {
    const { create } = pending.change;
    if (!create) return { pending, change: pending.change };
    const id = 'task_key' in create ? taskRuns.get(taskRunKey(create as TaskRunKey)) : flowRuns.get(flowRunKey(withKey(create)));
    return { pending, change: id ? ({ ...pending.change, id } as Change) : pending.change };
  });
}

const withKey = ({ flow_id, idempotency_key }: NewFlowRun) => ({ flow_id, idempotency_key: idempotency_key ?? '' });

/** Changes whose run is not in the working set: somebody else holds it, or it does not exist. */
async function findMissing(sql: Sql, open: readonly Resolved[], set: WorkingSet): Promise<Map<Pending, 'locked' | 'missing'>> {
  const absent = open.filter(({ pending, change }) => {
    const isNew = change.create !== null && change.id === pending.change.id;
    return !isNew && !(change.kind === 'flow_run' ? set.flowRuns : set.taskRuns).has(change.id);
  });
  if (absent.length === 0) return new Map();
  const idsOf = (kind: Change['kind']) => absent.flatMap(({ change }) => (change.kind === kind ? change.id : []));
  const [flowRuns, taskRuns] = await Promise.all([existingIds(sql, 'flow_run', idsOf('flow_run')), existingIds(sql, 'task_run', idsOf('task_run'))]);
  return new Map(absent.map(({ pending, change }) => [pending, flowRuns.has(change.id) || taskRuns.has(change.id) ? 'locked' : 'missing']));
}

const notFound = ({ kind, id }: Change) =>
  new SluiceError('NOT_FOUND', `${kind === 'flow_run' ? 'Flow run' : 'Task run'} not found`, { details: { id } });
