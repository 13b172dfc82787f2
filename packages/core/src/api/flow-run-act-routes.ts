import { z } from 'zod';
import { natural, uuid } from '../model/common.ts';
import { OrchestrationResult, State, StateCreate } from '../model/state.ts';
import { runFilters } from './filter-schema.ts';
import { after } from './keyset.ts';
import { defineRoute } from './route.ts';

const tag = 'flow runs';
const params = z.object({ id: uuid });

/** What a restart does again: results of task runs that are thrown away, and child flow runs that run again. */
export const RestartScope = z.object({ task_runs: z.int(), flow_runs: z.int() });

/**
 * `transition_id` is made by the caller, once: a request that comes again, since its answer got lost, is answered as the first one.
 */
export const RestartRequest = z.strictObject({ from_task_run_id: uuid, transition_id: uuid.optional() });

/** So many runs one request acts on. */
export const MAX_BULK = 200;

/**
 * The runs to act on, the newest first. One request acts on at most `limit` of them; the next one goes on where it ended, with `next` of
 * its answer as `after`, until that is null. Prefect's takes `flow_runs` alone. A filter must be given: `{"flow_runs": {}}` is all runs.
 */
const selection = { ...runFilters, limit: natural.min(1).max(MAX_BULK).default(MAX_BULK), after };

const next = z.string().nullable();

/** What came of a state that was proposed to one of many. Ours: whether a state was written, the proposed one or another in its place. */
export const BulkStateResult = OrchestrationResult.extend({ flow_run_id: uuid, written: z.boolean() });

/** What a person does to flow runs. */
export const flowRunActRoutes = {
  'GET /flow_runs/{id}/restart': defineRoute({
    summary: 'What a restart of a flow run from one of its task runs would throw away',
    tag,
    params,
    query: z.object({ from_task_run_id: uuid }),
    ok: RestartScope,
    ours: true,
  }),
  'POST /flow_runs/{id}/restart': defineRoute({
    summary: 'Run a flow run that has ended again, from one of its task runs on: results of that one and of those called after it are thrown away',
    tag,
    params,
    body: RestartRequest,
    ok: RestartScope.extend({ state: State }),
    status: 201,
    ours: true,
  }),
  'POST /flow_runs/bulk_set_state': defineRoute({
    summary: 'Propose a state to all flow runs of a filter, a part of them at a time',
    tag,
    body: z.strictObject({ ...selection, state: StateCreate, force: z.boolean().default(false) }),
    ok: z.object({ results: z.array(BulkStateResult), next }),
  }),
  'POST /flow_runs/bulk_delete': defineRoute({
    summary: 'Delete all flow runs of a filter that have no process, a part of them at a time',
    tag,
    body: z.strictObject(selection),
    ok: z.object({ deleted: z.array(uuid), refused: z.array(z.object({ flow_run_id: uuid, reason: z.string() })), next }),
  }),
};
