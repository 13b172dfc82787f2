import type { BlockDocument, BlockSchema, BlockType } from '@sluice/core/model/block';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Call, call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let block_document_id: string;
const send = (method: string, path: string, options?: Call) => call(server.url, method, path, options);
const PATH = '/flow_run_notification_policies';

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  const { id: block_type_id } = (await send('GET', '/block_types/slug/slack-webhook')).json as BlockType;
  const schemas = await send('POST', '/block_schemas/filter', { body: { block_schemas: { block_type_id: { any_: [block_type_id] } } } });
  const block_schema_id = (schemas.json as BlockSchema[])[0]?.id;
  const body = { name: 'hook', data: { url: 'https://example.org' }, block_type_id, block_schema_id };
  block_document_id = ((await send('POST', '/block_documents/', { body })).json as BlockDocument).id;
});
afterAll(() => server.stop());

test('a policy is kept, changed, listed and deleted', async () => {
  const body = { state_names: ['Failed'], tags: ['t'], block_document_id, message_template: 'Run {flow_run_name} is {flow_run_state_name}.' };
  const made = await send('POST', `${PATH}/`, { body });
  expect(made).toMatchObject({ status: 201, json: { ...body, is_active: true } });
  const { id } = made.json as { id: string };
  expect((await send('PATCH', `${PATH}/${id}`, { body: { is_active: false } })).status).toBe(204);
  expect((await send('GET', `${PATH}/${id}`)).json).toMatchObject({ is_active: false, tags: ['t'] });
  const list = async (eq_: boolean) =>
    (await send('POST', `${PATH}/filter`, { body: { flow_run_notification_policy_filter: { is_active: { eq_ } } } })).json;
  expect(await list(true)).toEqual([]);
  expect(await list(false)).toMatchObject([{ id }]);
  expect((await send('DELETE', `${PATH}/${id}`)).status).toBe(204);
  expect((await send('GET', `${PATH}/${id}`)).status).toBe(404);
});

test.each([
  ['of no block', { block_document_id: crypto.randomUUID() }, 404],
  ['with a message that names what is not there', { message_template: 'Run {flow_run_secret}' }, 422],
  ['without states', { state_names: undefined }, 422],
])('a policy %s is refused', async (_what, wrong, status) => {
  expect((await send('POST', `${PATH}/`, { body: { state_names: [], tags: [], block_document_id, ...wrong } })).status).toBe(status);
});
