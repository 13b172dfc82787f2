import { z } from 'zod';
import { uuid } from '../model/common.ts';
import { State } from '../model/state.ts';
import { defineRoute } from './route.ts';

const tag = 'flow runs';
const params = z.object({ id: uuid });

/** What a restart does again: results of task runs that are thrown away, and child flow runs that run anew. */
export const RestartScope = z.object({ task_runs: z.int(), flow_runs: z.int() });

/**
 * `transition_id` is made by the caller, once: a request that comes again, since its answer got lost, is answered as the first one.
 */
export const RestartRequest = z.strictObject({ from_task_run_id: uuid, transition_id: uuid.optional() });

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
};
