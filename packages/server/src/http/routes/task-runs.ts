import { SORTS } from '@sluice/core/api/filter-table';
import type { TaskRunCreate } from '@sluice/core/model/task-run';
import type { z } from 'zod';
import { proposeTaskRun } from '../../orchestrate/propose.ts';
import { deleteTaskRun } from '../../store/delete-runs.ts';
import { anyFilter, compileFilters } from '../../store/filters.ts';
import { readHistory } from '../../store/history.ts';
import { listRuns } from '../../store/list-runs.ts';
import { newTaskRun } from '../../store/new-runs.ts';
import { countRecords, listAllRecords, readRecord } from '../../store/records.ts';
import { readTogether } from '../../store/records-together.ts';
import { readRunSummary } from '../../store/run-summary.ts';
import { readResult, renameTaskRun } from '../../store/task-runs.ts';
import { expectFound, found } from '../found.ts';
import { createdReply, type Deps, type Handlers, Reply } from '../handlers.ts';
import { historyFilters, historySpan } from '../history-span.ts';
import { keysetPage } from '../keyset-page.ts';
import { expectMade } from '../made.ts';
import { paginated } from '../paginate.ts';
import { PENDING, submit } from '../set-state.ts';

type Keys = Exclude<
  Extract<keyof Handlers, `${string} /task_runs/${string}` | `${string} /task_run_states/${string}` | `${string} /results/${string}`>,
  `${string}/wait_reason` | `${string}/subscriptions/scheduled`
>;

export const taskRunHandlers = ({ database, byKey, desk, door, newId, newName }: Deps): Handlers<Keys> => {
  const { sql } = database;
  const read = readTogether(byKey.sql, 'task_run_view');
  const toRow = (body: z.output<typeof TaskRunCreate>) => newTaskRun(body, { id: body.id ?? newId(), name: body.name ?? newName() });

  return {
    'POST /task_runs/': async ({ body, writer }) => {
      const create = toRow(body);
      const outcome = await door.submit(proposeTaskRun({ id: create.id, create, state_id: newId(), proposed: body.state ?? PENDING, writer }));
      const { created } = expectMade(outcome);
      return createdReply((await read(outcome.id)) as string, created);
    },
    'GET /task_runs/{id}': async ({ params }) => found(`Task run ${params.id}`, await read(params.id)),
    'PATCH /task_runs/{id}': async ({ params, body }) => expectFound(`Task run ${params.id}`, await renameTaskRun(sql, params.id, body.name)),
    'DELETE /task_runs/{id}': async ({ params }) => {
      const limits = await database.transaction((tx) => deleteTaskRun(tx, params.id));
      desk.publish({ limits: limits ?? [] });
      return expectFound(`Task run ${params.id}`, limits !== undefined);
    },
    'POST /task_runs/filter': async ({ body }) =>
      new Reply(await listRuns(sql, 'task_run', { ...body, filters: body, order: SORTS.task_run[body.sort] })),
    'POST /task_runs/paginate': async ({ body: { limit, page, sort, ...filters } }) => {
      const where = compileFilters(sql, 'task_run', filters);
      const list = (slice: { limit: number; offset: number }) => listRuns(sql, 'task_run', { ...slice, filters, order: SORTS.task_run[sort] });
      return paginated({ limit, page }, list, () => countRecords(sql, 'task_run_view', where));
    },
    'POST /task_runs/page': async ({ body: { limit, after, sort, ...filters } }) =>
      keysetPage(sql, 'task_run_view', {
        order: SORTS.task_run[sort],
        after,
        limit,
        own: filters.task_runs,
        where: anyFilter(sql, 'task_run', filters),
      }),
    'POST /task_runs/summary': async ({ body }) => readRunSummary(sql, 'task_run', body),
    'POST /task_runs/count': async ({ body }) => countRecords(sql, 'task_run_view', compileFilters(sql, 'task_run', body)),
    'POST /task_runs/history': async ({ body }) => new Reply(await readHistory(sql, 'task_run', historyFilters(body), historySpan(body))),
    'POST /task_runs/{id}/set_state': ({ params, body, writer }) =>
      submit({ database, door }, proposeTaskRun({ id: params.id, state_id: newId(), proposed: body.state, force: body.force, writer })),
    'GET /task_run_states/': async ({ query }) => new Reply(await listAllRecords(sql, 'task_run_state_view', { task_run_id: query.task_run_id })),
    'GET /task_run_states/{id}': async ({ params }) =>
      found(`Task run state ${params.id}`, await readRecord(sql, 'task_run_state_view', { id: params.id })),
    'POST /task_runs/step': ({ body, writer }) => {
      const create = toRow(body.task_run);
      const step = proposeTaskRun({ id: create.id, create, step: true, state_id: newId(), proposed: body.state, writer });
      return submit({ database, door }, step, ({ id }) => ({ task_run_id: id }));
    },
    'GET /results/{id}': async ({ params }) => found(`Result ${params.id}`, await readResult(sql, params.id)),
  };
};
