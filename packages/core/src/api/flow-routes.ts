import { z } from 'zod';
import { positive, uuid } from '../model/common.ts';
import { Flow, FlowCreate, FlowUpdate } from '../model/flow.ts';
import { page, runFilters, sort } from './filter-schema.ts';
import { pageNumber, paginated } from './paginate.ts';
import { defineRoute } from './route.ts';

const tag = 'flows';
const params = z.object({ id: uuid });
/** As in Prefect 3.9.1. */
const MAX_BULK_FLOWS = 50;

export const flowRoutes = {
  'POST /flows/': defineRoute({ summary: 'Create a flow, or read the one of this name', tag, body: FlowCreate, ok: Flow, status: 201 }),
  'GET /flows/{id}': defineRoute({ summary: 'Read a flow', tag, params, ok: Flow }),
  'GET /flows/name/{name}': defineRoute({ summary: 'Read a flow by its name', tag, params: z.object({ name: z.string() }), ok: Flow }),
  'PATCH /flows/{id}': defineRoute({ summary: "Change a flow's tags", tag, params, body: FlowUpdate, ok: z.undefined(), status: 204 }),
  'DELETE /flows/{id}': defineRoute({ summary: 'Delete a flow with its deployments and runs', tag, params, ok: z.undefined(), status: 204 }),
  'POST /flows/filter': defineRoute({
    summary: 'List flows',
    tag,
    body: z.strictObject({ ...runFilters, ...page, sort: sort('flow', 'NAME_ASC') }).prefault({}),
    ok: z.array(Flow),
  }),
  'POST /flows/paginate': defineRoute({
    summary: 'A page of flows, by its number',
    tag,
    body: z.strictObject({ ...runFilters, ...pageNumber, sort: sort('flow', 'NAME_ASC') }).prefault({}),
    ok: paginated(Flow),
  }),
  'POST /flows/bulk_delete': defineRoute({
    summary: 'Delete flows of a filter with their deployments and runs, the first by name',
    tag,
    body: z.strictObject({ flows: runFilters.flows, limit: positive.max(MAX_BULK_FLOWS).default(MAX_BULK_FLOWS) }),
    ok: z.object({ deleted: z.array(uuid) }),
  }),
  'POST /flows/count': defineRoute({ summary: 'Count flows', tag, body: z.strictObject(runFilters).prefault({}), ok: z.int() }),
};
