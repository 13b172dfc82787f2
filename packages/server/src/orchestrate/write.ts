import { toInstant } from '@sluice/core/lib/time';
import type { Sql } from '../db/database.ts';
import { deleteInputs, upsertInputs } from '../store/flow-run-inputs.ts';
import { endLeases, holdDeploymentSlots, insertLeases } from '../store/leases.ts';
import { deleteHeldSlots, insertSlots } from '../store/slots.ts';
import { insertCached } from '../store/task-cache.ts';
import {
  describeTaskRuns,
  insertFlowRunStates,
  insertFlowRuns,
  insertResults,
  insertTaskRunStates,
  insertTaskRuns,
  updateFlowRuns,
  updateTaskRuns,
} from '../store/write-runs.ts';
import type { WorkingSet, Writes } from './working-set.ts';

/**
 * Writes what a batch decided, a statement a table. They are sent at once and run one after the other. Returns the concurrency
 * limits that have room now.
 */
export async function write(sql: Sql, set: WorkingSet, writes: Writes): Promise<string[]> {
  const now = toInstant(set.now);
  const newFlowRuns = [...writes.newFlowRuns].flatMap(([id, row]) => ({ row, run: set.flowRuns.get(id) ?? never() }));
  const newTaskRuns = [...writes.newTaskRuns].flatMap(([id, row]) => ({ row, run: set.taskRuns.get(id) ?? never() }));
  const flowRuns = [...writes.changedFlowRuns].filter((id) => !writes.newFlowRuns.has(id)).map((id) => set.flowRuns.get(id) ?? never());
  const taskRuns = [...writes.changedTaskRuns].filter((id) => !writes.newTaskRuns.has(id)).map((id) => set.taskRuns.get(id) ?? never());
  const described = [...writes.describedTaskRuns].map(([id, row]) => ({ ...row, id }));
  const newLeases = [...writes.newLeases.values()];

  const ended = writes.endedLeases.size > 0 ? endLeases(sql, writes.endedLeases) : undefined;
  const freed = writes.freedTaskRuns.size > 0 ? deleteHeldSlots(sql, writes.freedTaskRuns) : undefined;
  await Promise.all([
    ended,
    freed,
    newFlowRuns.length > 0 && insertFlowRuns(sql, newFlowRuns, now),
    flowRuns.length > 0 && updateFlowRuns(sql, flowRuns, now),
    writes.flowRunStates.length > 0 && insertFlowRunStates(sql, writes.flowRunStates),
    newTaskRuns.length > 0 && insertTaskRuns(sql, newTaskRuns, now),
    taskRuns.length > 0 && updateTaskRuns(sql, taskRuns, now),
    described.length > 0 && describeTaskRuns(sql, described),
    writes.taskRunStates.length > 0 && insertTaskRunStates(sql, writes.taskRunStates),
    writes.newCached.length > 0 && insertCached(sql, writes.newCached),
    writes.forgottenInputs.length > 0 && deleteInputs(sql, writes.forgottenInputs),
    writes.newInputs.length > 0 && upsertInputs(sql, writes.newInputs),
    writes.results.length > 0 && insertResults(sql, writes.results, now),
    newLeases.length > 0 && insertLeases(sql, newLeases),
    writes.heldDeploymentSlots.size > 0 && holdDeploymentSlots(sql, [...writes.heldDeploymentSlots.values()]),
    writes.newSlots.length > 0 && insertSlots(sql, writes.newSlots),
  ]);
  return [...((await ended) ?? []), ...((await freed) ?? [])];
}

function never(): never {
  throw new Error('a run was decided on but is not in the working set');
}
