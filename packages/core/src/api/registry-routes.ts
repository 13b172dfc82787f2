import { z } from 'zod';
import { jsonObject, uuid } from '../model/common.ts';
import { longText } from '../model/field-limits.ts';
import { defineRoute } from './route.ts';

const tag = 'admin';

const Storage = z.object({ default_result_storage_block_id: uuid.nullable() });

export const registryRoutes = {
  'GET /collections/views/{view}': defineRoute({
    summary: "Read a view of Prefect's registry of collections, such as aggregate-worker-metadata",
    tag,
    params: z.object({ view: z.string() }),
    ok: jsonObject,
  }),
  'POST /templates/validate': defineRoute({
    summary: 'Check a Jinja template; 422 says what is wrong, and in which line',
    tag,
    body: longText.default(''),
    ok: z.undefined(),
    status: 204,
  }),
  'GET /admin/settings': defineRoute({ summary: 'The settings of this server by name, without secrets', tag, ok: jsonObject }),
  'GET /admin/storage': defineRoute({ summary: 'Read the block in which results are kept that name no other', tag, ok: Storage }),
  'PUT /admin/storage': defineRoute({
    summary: 'Set the block in which results are kept that name no other',
    tag,
    body: z.strictObject({ default_result_storage_block_id: uuid }),
    ok: Storage,
  }),
  'DELETE /admin/storage': defineRoute({ summary: 'Let no block keep results that name none', tag, ok: z.undefined(), status: 204 }),
};
