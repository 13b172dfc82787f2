import { z } from 'zod';
import { instant, uuid } from '../model/common.ts';
import { FlowRun } from '../model/flow-run.ts';
import { Dependency, Graph } from '../model/graph.ts';
import { runFilters, sort } from './filter-schema.ts';
import { pageNumber, paginated } from './paginate.ts';
import { defineRoute } from './route.ts';

const tag = 'flow runs';
const params = z.object({ id: uuid });

/** What Prefect's dashboards ask about flow runs, beside the lists. */
export const flowRunReadRoutes = {
  'POST /flow_runs/paginate': defineRoute({
    summary: 'A page of flow runs, by its number',
    tag,
    body: z.strictObject({ ...runFilters, ...pageNumber, sort: sort('flow_run', 'ID_DESC') }).prefault({}),
    ok: paginated(FlowRun),
  }),
  'POST /flow_runs/lateness': defineRoute({
    summary: 'How many seconds flow runs started late, on average; null when there are none',
    tag,
    body: z.strictObject(runFilters).prefault({}),
    ok: z.number().nullable(),
  }),
  'GET /flow_runs/{id}/graph': defineRoute({
    summary: 'Task runs of a flow run, with those that each depends on',
    tag,
    params,
    ok: z.array(Dependency),
  }),
  'GET /flow_runs/{id}/graph-v2': defineRoute({
    summary: 'The graph of a flow run: task runs, subflow runs and artifacts',
    tag,
    params,
    query: z.object({ since: instant.optional() }),
    ok: Graph,
  }),
  'GET /flow_runs/{id}/logs/download': defineRoute({ summary: 'All logs of a flow run, as CSV', tag, params, ok: z.string(), reply: 'csv' }),
};
