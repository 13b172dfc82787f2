import { z } from 'zod';
import { uuid } from '../model/common.ts';
import { Flow, FlowCreate, FlowUpdate } from '../model/flow.ts';
import { page, runFilters, sort } from './filter-schema.ts';
import { defineRoute } from './route.ts';

const tag = 'flows';
const params = z.object({ id: uuid });

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
  'POST /flows/count': defineRoute({ summary: 'Count flows', tag, body: z.strictObject(runFilters).prefault({}), ok: z.int() }),
};
