import { z } from 'zod';
import { uuid } from '../model/common.ts';
import { Variable, VariableCreate, VariableUpdate } from '../model/variable.ts';
import { page, sort, variableFilter } from './filter-schema.ts';
import { defineRoute } from './route.ts';

const tag = 'variables';
const byId = z.object({ id: uuid });
const byName = z.object({ name: z.string() });
const none = { ok: z.undefined(), status: 204 } as const;

export const variableRoutes = {
  'POST /variables/': defineRoute({ summary: 'Create a variable', tag, body: VariableCreate, ok: Variable, status: 201 }),
  'GET /variables/{id}': defineRoute({ summary: 'Read a variable', tag, params: byId, ok: Variable }),
  'GET /variables/name/{name}': defineRoute({ summary: 'Read a variable by name', tag, params: byName, ok: Variable }),
  'PATCH /variables/{id}': defineRoute({ summary: 'Change a variable', tag, params: byId, body: VariableUpdate, ...none }),
  'PATCH /variables/name/{name}': defineRoute({ summary: 'Change a variable by name', tag, params: byName, body: VariableUpdate, ...none }),
  'DELETE /variables/{id}': defineRoute({ summary: 'Delete a variable', tag, params: byId, ...none }),
  'DELETE /variables/name/{name}': defineRoute({ summary: 'Delete a variable by name', tag, params: byName, ...none }),
  'POST /variables/filter': defineRoute({
    summary: 'List variables',
    tag,
    body: z.strictObject({ ...variableFilter, sort: sort('variable', 'NAME_ASC'), ...page }).prefault({}),
    ok: z.array(Variable),
  }),
  'POST /variables/count': defineRoute({ summary: 'Count variables', tag, body: z.strictObject(variableFilter).prefault({}), ok: z.int() }),
};
