import { SORTS } from '@sluice/core/api/filter-table';
import type { flowRunRoutes } from '@sluice/core/api/flow-run-routes';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Holder } from '@sluice/core/model/flow-run';
import type { Sql } from '../../db/database.ts';
import { proposeFlowRun } from '../../orchestrate/propose.ts';
import { deleteFlowRuns } from '../../store/delete-runs.ts';
import { anyFilter } from '../../store/filters.ts';
import { countFlowRuns } from '../../store/flow-run-counts.ts';
import { addLabels, readStateType, updateFlowRun } from '../../store/flow-runs.ts';
import { readHistory } from '../../store/history.ts';
import { prolongLease } from '../../store/leases.ts';
import { listRuns } from '../../store/list-runs.ts';
import { newFlowRun } from '../../store/new-runs.ts';
import { listProgress, upsertProgress } from '../../store/progress.ts';
import { listAllRecords, readRecord, readRecords, within } from '../../store/records.ts';
import { readTogether } from '../../store/records-together.ts';
import { readRunSummary } from '../../store/run-summary.ts';
import { readTrace } from '../../store/trace.ts';
import { readQueueId } from '../../store/work-pools.ts';
import { withDeadline } from '../deadline.ts';
import { expectFound, found, missing } from '../found.ts';
import { createdReply, type Deps, type Handlers, Reply } from '../handlers.ts';
import { historyFilters, historySpan } from '../history-span.ts';
import { keysetPage } from '../keyset-page.ts';
import { expectMade } from '../made.ts';
import { inputFault, notPaused, type Pausable, resumeRefused } from '../resume.ts';
import { PENDING, submit } from '../set-state.ts';
import { toParties } from '../to-parties.ts';

type Keys = Exclude<keyof typeof flowRunRoutes, `${string}/wait_reason` | `${string}/board`>;

async function expectScheduled(sql: Sql, id: string): Promise<void> {
  const type = await readStateType(sql, id);
  if (type === undefined || type === 'SCHEDULED') return;
  throw new SluiceError('RUN_NOT_SCHEDULED', `Job variables for a flow run in state ${type} cannot be updated: flow run ${id} has left the queue.`, {
    hint: 'Start a new run with them.',
  });
}

function expectHeld<T>(id: string, epoch: number, held: T | undefined): T {
  if (held) return held;
  throw new SluiceError('LEASE_EXPIRED', `Epoch ${epoch} of flow run ${id} is over.`, { hint: 'Stop: the run has ended, or goes on elsewhere.' });
}

export const flowRunHandlers = ({ database, byKey, desk, door, waiting, schemas, newId, newName, leaseSeconds }: Deps): Handlers<Keys> => {
  const { sql } = database;
  const readRun = readTogether(byKey.sql, 'flow_run_view');
  const read = async (id: string) => found(`Flow run ${id}`, await readRun(id));
  /** A process that does not belong to a worker has one run, and no limit. */
  const claimOf = (holder: Holder | undefined) =>
    holder ? { incarnation_id: holder.id, worker_name: holder.name, worker_limit: 1, lease_seconds: leaseSeconds } : null;

  return {
    'POST /flow_runs/': async ({ body, writer }) => {
      const { work_pool_name, work_queue_name } = body;
      const work_queue_id = work_pool_name ? await readQueueId(sql, work_pool_name, work_queue_name) : null;
      if (work_queue_id === undefined) throw missing(`Work queue "${work_queue_name ?? 'default'}" of work pool "${work_pool_name}"`);
      const id = body.id ?? newId();
      const { flow_id, name, deployment_id = null, flow_version = null } = body;
      // The token of the run that makes it is good for it too.
      const created_by = writer && { id: writer.flow_run_id, type: 'FLOW_RUN' };
      const own = { id, name: name ?? newName(), flow_id, deployment_id, flow_version, work_queue_id, created_by };
      const create = newFlowRun(body, own);
      const outcome = await door.submit(
        proposeFlowRun({ id, create, state_id: newId(), claim: claimOf(body.holder), proposed: body.state ?? PENDING, force: true, writer }),
      );
      const { created } = expectMade(outcome);
      return createdReply((await read(outcome.id)).body, created);
    },
    'GET /flow_runs/{id}': async ({ params }) => read(params.id),
    'PATCH /flow_runs/{id}': async ({ params, body }) => {
      if (body.job_variables) await expectScheduled(sql, params.id);
      return expectFound(`Flow run ${params.id}`, await updateFlowRun(sql, params.id, body));
    },
    'PATCH /flow_runs/{id}/labels': async ({ params, body }) => expectFound(`Flow run ${params.id}`, await addLabels(sql, params.id, body)),
    'DELETE /flow_runs/{id}': async ({ params }) => {
      const deleted = await database.transaction((tx) => deleteFlowRuns(tx, { id: params.id }));
      desk.publish({ ...deleted, claimable: true, records: { flow_run: deleted.flow_runs } });
      return expectFound(`Flow run ${params.id}`, deleted.flow_runs.length > 0);
    },
    'POST /flow_runs/filter': async ({ body }) =>
      new Reply(await listRuns(sql, 'flow_run', { ...body, filters: body, order: SORTS.flow_run[body.sort] })),
    'POST /flow_runs/page': async ({ body: { limit, after, sort, ...filters } }) =>
      keysetPage(sql, 'flow_run_view', {
        order: SORTS.flow_run[sort],
        after,
        limit,
        own: filters.flow_runs,
        where: anyFilter(sql, 'flow_run', filters),
      }),
    'POST /flow_runs/summary': async ({ body }) => readRunSummary(sql, 'flow_run', body),
    'POST /flow_runs/count': async ({ body }) => countFlowRuns(sql, body),
    'POST /flow_runs/history': async ({ body }) => new Reply(await readHistory(sql, 'flow_run', historyFilters(body), historySpan(body))),
    'POST /flow_runs/{id}/set_state': async ({ params, body: { state: proposed, holder, ...more }, writer, renewsSlots: renews }) =>
      submit({ database, door }, proposeFlowRun({ ...more, renews, claim: claimOf(holder), id: params.id, state_id: newId(), proposed, writer })),
    'POST /flow_runs/{id}/beat': async ({ params, body }) => {
      await read(params.id);
      return { lease_seconds: leaseSeconds, ...expectHeld(params.id, body.epoch, await prolongLease(sql, params.id, body.epoch, leaseSeconds)) };
    },
    'POST /flow_runs/{id}/resume': async ({ params: { id }, body: { run_input }, writer }) => {
      const run = JSON.parse((await read(id)).body) as Pausable;
      if (run.state?.type !== 'PAUSED') return notPaused(run);
      const { pause_reschedule, run_input_keyset: keys } = run.state.state_details;
      const fault = keys ? await inputFault({ sql, schemas }, id, keys, run_input ?? {}) : undefined;
      if (fault !== undefined) return resumeRefused(id, run.state, fault);
      const proposed = pause_reschedule ? { type: 'SCHEDULED' as const, name: 'Resuming' } : { type: 'RUNNING' as const };
      const told = keys?.['response'] && run_input && Object.keys(run_input).length > 0;
      const input = told ? { key: keys['response'] as string, value: JSON.stringify(run_input) } : undefined;
      return submit({ database, door }, proposeFlowRun({ id, state_id: newId(), proposed, writer, input }));
    },
    'GET /flow_run_states/': async ({ query }) => new Reply(await listAllRecords(sql, 'flow_run_state_view', { flow_run_id: query.flow_run_id })),
    'GET /flow_run_states/{id}': async ({ params }) =>
      found(`Flow run state ${params.id}`, await readRecord(sql, 'flow_run_state_view', { id: params.id })),
    'POST /flow_runs/wait': async ({ body, writer, signal }) => {
      const { ids, since, any } = body;
      const waits = body.waits?.map((each) => ({ within: toParties(each.within), ids: each.ids }));
      const request = { ids, since, any, lend: body.lend ? writer : null, writer, waits };
      const { changed, ...seen } = await waiting.wait(request, withDeadline(signal, body.wait_seconds));
      const flow_runs = changed.length > 0 ? await readRecords(byKey.sql, 'flow_run_view', [...changed].sort()) : '[]';
      return new Reply(within('{"flow_runs":', flow_runs, `,${JSON.stringify(seen).slice(1)}`));
    },
    'GET /flow_runs/{id}/trace': async ({ params }) => {
      expectFound(`Flow run ${params.id}`, (await readStateType(sql, params.id)) !== undefined);
      return new Reply(await readTrace(sql, params.id));
    },
    'PUT /flow_runs/{id}/progress': async ({ params, body }) => {
      const { label, done, total = null } = body;
      expectFound(`Flow run ${params.id}`, await upsertProgress(byKey.sql, { flow_run_id: params.id, label, done, total }));
      desk.publish({ records: { progress: [params.id] } });
      return undefined;
    },
    'POST /flow_runs/progress': async ({ body }) => new Reply(await listProgress(byKey.sql, body.ids)),
  };
};
