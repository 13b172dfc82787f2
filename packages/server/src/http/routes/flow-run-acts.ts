import type { flowRunActRoutes } from '@sluice/core/api/flow-run-act-routes';
import { isSluiceError, SluiceError } from '@sluice/core/errors/sluice-error';
import type { StateCreate } from '@sluice/core/model/state';
import { isFinal } from '@sluice/core/model/state-type';
import type { Outcome } from '../../orchestrate/change.ts';
import { proposeFlowRun } from '../../orchestrate/propose.ts';
import { readBehind } from '../../store/behind-task.ts';
import { type ActiveRun, deleteIdleFlowRuns } from '../../store/delete-runs.ts';
import { readFlowRunOf } from '../../store/task-runs.ts';
import { readNames } from '../../store/wait-facts.ts';
import { missing } from '../found.ts';
import { type Deps, type Handlers, Reply } from '../handlers.ts';
import { cursorAt, selectRuns } from '../select-runs.ts';
import { named, orchestrationResult } from '../set-state.ts';

type Keys = keyof typeof flowRunActRoutes;

/** A run may have a hundred thousand log lines: so many go in one transaction, and none is begun when the request has taken so long. */
const DELETED_AT_ONCE = 10;
const DELETE_MS = 2000;

export const flowRunActHandlers = ({ database, database: { sql }, desk, door, newId, clock }: Deps): Handlers<Keys> => {
  async function scopeOf(id: string, taskRunId: string) {
    const flowRunId = await readFlowRunOf(sql, taskRunId);
    if (flowRunId !== id)
      throw missing(`Task run ${taskRunId} of flow run ${id}`, flowRunId ? `It is one of flow run ${flowRunId}.` : 'GET the task runs of this run.');
    const { task_runs, flow_runs } = await readBehind(sql, id, taskRunId);
    return { task_runs: task_runs.length, flow_runs: flow_runs.length };
  }

  return {
    'GET /flow_runs/{id}/restart': ({ params, query }) => scopeOf(params.id, query.from_task_run_id),
    'POST /flow_runs/{id}/restart': async ({ params: { id }, body: { from_task_run_id, transition_id = newId() }, writer }) => {
      const scope = await scopeOf(id, from_task_run_id);
      const names = await readNames(sql, [id, from_task_run_id]);
      const message = `Restarted from task run '${names.get(from_task_run_id)}'.`;
      const proposed: StateCreate = { type: 'SCHEDULED', name: 'AwaitingRetry', message, state_details: { transition_id } };
      const outcome = await door.submit(proposeFlowRun({ id, state_id: newId(), proposed, writer, restart: { from_task_run_id } }));
      const isMade = outcome.status === 'ACCEPT' || outcome.state?.state_details.transition_id === transition_id;
      if (!isMade) throw notRestarted(names.get(id) ?? id, outcome);
      return new Reply(JSON.stringify({ ...scope, state: outcome.state }), outcome.written ? 201 : 200);
    },
    'POST /flow_runs/bulk_set_state': async ({ body: { state: proposed, force, ...selection } }) => {
      const { ids, next } = await selectRuns(sql, selection);
      const changes = ids.map((id) => proposeFlowRun({ id, state_id: newId(), proposed, force }));
      const decided = await Promise.all(changes.map(async (change) => ({ change, outcome: await unlessGone(door.submit(change)) })));
      const outcomes = await named(
        sql,
        decided.flatMap(({ change, outcome }) => (outcome ? { change, outcome } : [])),
      );
      return { results: outcomes.map((outcome) => ({ flow_run_id: outcome.id, written: outcome.written, ...orchestrationResult(outcome) })), next };
    },
    'POST /flow_runs/bulk_delete': async ({ body }) => {
      const { ids, next } = await selectRuns(sql, body);
      const until = clock() + DELETE_MS;
      const deleted: string[] = [];
      const refused: { flow_run_id: string; reason: string }[] = [];
      for (let done = 0; done < ids.length; done += DELETED_AT_ONCE) {
        const some = ids.slice(done, done + DELETED_AT_ONCE);
        const { active, ...gone } = await database.transaction((tx) => deleteIdleFlowRuns(tx, some));
        desk.publish({ ...gone, claimable: true, records: { flow_run: gone.flow_runs } });
        deleted.push(...gone.flow_runs);
        refused.push(...active.map(notDeleted));
        const isLast = done + some.length >= ids.length;
        if (!isLast && clock() > until) return { deleted, refused, next: cursorAt(some.at(-1) as string) };
      }
      return { deleted, refused, next };
    },
  };
};

function notRestarted(name: string, { id, reason, state }: Outcome): SluiceError {
  const hint = isFinal(state?.type)
    ? `Look at it: sluice flow-run inspect ${id}`
    : `Follow it with: sluice flow-run watch ${id}. Or end it first: sluice flow-run cancel ${id}`;
  return new SluiceError('CONFLICT', `'${name}' cannot be restarted. ${reason ?? ''}`.trim(), { hint });
}

const notDeleted = ({ id, name, state_name }: ActiveRun) => ({
  flow_run_id: id,
  reason: `'${name}' is ${state_name}: a run that has a process cannot be deleted. End it first: sluice flow-run cancel ${id}`,
});

/** Of many runs one may be deleted before its turn comes. */
const unlessGone = (outcome: Promise<Outcome>): Promise<Outcome | undefined> =>
  outcome.catch((error) => {
    if (isSluiceError(error) && error.code === 'NOT_FOUND') return undefined;
    throw error;
  });
