import { z } from 'zod';
import { json, uuid } from '../model/common.ts';
import { OrchestrationResult, State, StateCreate } from '../model/state.ts';
import { TaskRun, TaskRunCreate, TaskRunUpdate } from '../model/task-run.ts';
import { WaitReason } from '../model/wait-reason.ts';
import { page, runFilters, sort } from './filter-schema.ts';
import { HistoryBucket, historyBody, SetState } from './flow-run-routes.ts';
import { pageAfter, pageOf } from './keyset.ts';
import { pageNumber, paginated } from './paginate.ts';
import { defineRoute } from './route.ts';
import { RunSummary } from './run-summary.ts';

const tag = 'task runs';
const params = z.object({ id: uuid });

/** Creates the task run unless it is there, and proposes a state, in one transaction: one message where Prefect needs two. */
export const TaskRunStep = z.strictObject({ task_run: TaskRunCreate.required({ id: true, flow_run_id: true }), state: StateCreate });

export const taskRunRoutes = {
  'POST /task_runs/': defineRoute({
    summary: 'Create a task run, or read the one with these keys',
    tag,
    body: TaskRunCreate,
    ok: TaskRun,
    status: 201,
  }),
  'GET /task_runs/{id}': defineRoute({ summary: 'Read a task run', tag, params, ok: TaskRun }),
  'GET /task_runs/{id}/wait_reason': defineRoute({ summary: 'Why a task run does not go on', tag, params, ok: WaitReason, ours: true }),
  'PATCH /task_runs/{id}': defineRoute({ summary: 'Rename a task run', tag, params, body: TaskRunUpdate, ok: z.undefined(), status: 204 }),
  'DELETE /task_runs/{id}': defineRoute({ summary: 'Delete a task run', tag, params, ok: z.undefined(), status: 204 }),
  'POST /task_runs/filter': defineRoute({
    summary: 'List task runs',
    tag,
    body: z.strictObject({ ...runFilters, ...page, sort: sort('task_run', 'ID_DESC') }).prefault({}),
    ok: z.array(TaskRun),
  }),
  'POST /task_runs/paginate': defineRoute({
    summary: 'A page of task runs, by its number',
    tag,
    body: z.strictObject({ ...runFilters, ...pageNumber, sort: sort('task_run', 'ID_DESC') }).prefault({}),
    ok: paginated(TaskRun),
  }),
  'POST /task_runs/page': defineRoute({
    summary: 'List task runs page after page, each from where the one before ended',
    tag,
    body: z.strictObject({ ...runFilters, ...pageAfter, sort: sort('task_run', 'ID_DESC') }).prefault({}),
    ok: pageOf(TaskRun),
    ours: true,
  }),
  'POST /task_runs/summary': defineRoute({
    summary: 'Count task runs by the type of their state, up to a bound',
    tag,
    body: z.strictObject(runFilters).prefault({}),
    ok: RunSummary,
    ours: true,
  }),
  'POST /task_runs/count': defineRoute({ summary: 'Count task runs', tag, body: z.strictObject(runFilters).prefault({}), ok: z.int() }),
  'POST /task_runs/history': defineRoute({ summary: 'Count task runs by state over time', tag, body: historyBody, ok: z.array(HistoryBucket) }),
  'POST /task_runs/{id}/set_state': defineRoute({ summary: 'Propose a state', tag, params, body: SetState, ok: OrchestrationResult, status: 201 }),
  'GET /task_run_states/': defineRoute({
    summary: 'All states of a task run, oldest first',
    tag,
    query: z.object({ task_run_id: uuid }),
    ok: z.array(State),
  }),
  'GET /task_run_states/{id}': defineRoute({ summary: 'Read a state', tag, params, ok: State }),
  'POST /task_runs/step': defineRoute({
    summary: 'Create a task run and propose its state at once',
    tag,
    body: TaskRunStep,
    ok: OrchestrationResult.extend({ task_run_id: uuid }),
    status: 201,
    ours: true,
  }),
  'GET /results/{id}': defineRoute({ summary: 'The value of a result that a state refers to', tag: 'results', params, ok: json, ours: true }),
};
