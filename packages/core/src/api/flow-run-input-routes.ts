import { z } from 'zod';
import { natural, uuid } from '../model/common.ts';
import { shortText } from '../model/field-limits.ts';
import { FlowRunInput, FlowRunInputCreate } from '../model/flow-run-input.ts';
import { MAX_PAGE } from './filter-schema.ts';
import { defineRoute } from './route.ts';

const tag = 'flow runs';
const params = z.object({ id: uuid });
const withKey = params.extend({ key: z.string() });

/** Prefect's flow run inputs, 3.x. */
export const flowRunInputRoutes = {
  'POST /flow_runs/{id}/input': defineRoute({
    summary: 'Send an input to a flow run',
    tag,
    params,
    body: FlowRunInputCreate,
    ok: z.null(),
    status: 201,
  }),
  'POST /flow_runs/{id}/input/filter': defineRoute({
    summary: 'List inputs of a flow run by the beginning of their keys, oldest first',
    tag,
    params,
    body: z.strictObject({
      prefix: shortText,
      limit: natural.max(MAX_PAGE).default(1),
      exclude_keys: z.array(shortText).max(10_000).default([]),
    }),
    ok: z.array(FlowRunInput),
  }),
  'GET /flow_runs/{id}/input/{key}': defineRoute({ summary: 'The value of an input', tag, params: withKey, ok: z.string(), reply: 'text' }),
  'DELETE /flow_runs/{id}/input/{key}': defineRoute({ summary: 'Take an input away', tag, params: withKey, ok: z.undefined(), status: 204 }),
};
