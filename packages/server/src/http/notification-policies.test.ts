import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { BlockDocument, BlockSchema, BlockType } from '@sluice/core/model/block';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../../tests/support/eventually.ts';
import { type Call, call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let block_document_id: string;
let deaf: string;
/** What came to the address of the block. */
const told: string[] = [];
const chat = createServer((request, reply) => {
  void json(request).then((body) => {
    told.push((body as { text: string }).text);
    reply.end();
  });
});
const send = (method: string, path: string, options?: Call) => call(server.url, method, path, options);
const PATH = '/flow_run_notification_policies';

beforeAll(async () => {
  await new Promise<void>((resolve) => chat.listen(0, '127.0.0.1', resolve));
  server = await startTestServer(inject('postgres'));
  const { id: block_type_id } = (await send('GET', '/block_types/slug/slack-webhook')).json as BlockType;
  const schemas = await send('POST', '/block_schemas/filter', { body: { block_schemas: { block_type_id: { any_: [block_type_id] } } } });
  const block_schema_id = (schemas.json as BlockSchema[])[0]?.id;
  const block = async (name: string, url: string) => {
    const body = { name, data: { url }, block_type_id, block_schema_id };
    return ((await send('POST', '/block_documents/', { body })).json as BlockDocument).id;
  };
  block_document_id = await block('hook', `http://127.0.0.1:${(chat.address() as AddressInfo).port}/`);
  deaf = await block('deaf', 'http://127.0.0.1:1/');
});
afterAll(async () => {
  await server.stop();
  chat.close();
});

async function ended(tags: readonly string[], type: string, name = 'load'): Promise<{ id: string; name: string }> {
  const flow_id = ((await send('POST', '/flows/', { body: { name } })).json as { id: string }).id;
  const run = (await send('POST', '/flow_runs/', { body: { flow_id, tags, parameters: { table: 'a' } } })).json as { id: string; name: string };
  await send('POST', `/flow_runs/${run.id}/set_state`, { body: { state: { type, message: 'as it is' }, force: true } });
  return run;
}

test('a run that comes into a state of a policy, and has a tag of it, is told in its words', async () => {
  const message_template = '{{{flow_name}}} {flow_run_name} {flow_run_state_type} {flow_run_state_message} {flow_run_parameters}';
  const body = { state_names: ['Failed', 'Crashed'], tags: ['night', 'day'], block_document_id, message_template };
  const { id } = (await send('POST', `${PATH}/`, { body })).json as { id: string };
  // What stood before a server first looked is not told of.
  await eventually(async () => {
    await ended(['day'], 'FAILED', 'first');
    expect(told).not.toEqual([]);
  });
  await ended(['other'], 'FAILED');
  await ended([], 'FAILED');
  await ended(['night'], 'COMPLETED');
  const run = await ended(['night'], 'CRASHED');
  await eventually(() =>
    expect(told.filter((text) => !text.includes('{first}'))).toEqual([
      `*Prefect flow run notification*\n\n{load} ${run.name} CRASHED as it is {"table":"a"}`,
    ]),
  );
  await send('DELETE', `${PATH}/${id}`);
});

test('a policy without states, tags and words tells of every state as Prefect 2 does, and of none when it is not active', async () => {
  told.length = 0;
  const off = (await send('POST', `${PATH}/`, { body: { state_names: [], tags: [], block_document_id, is_active: false } })).json as { id: string };
  const { id } = (await send('POST', `${PATH}/`, { body: { state_names: [], tags: [], block_document_id } })).json as { id: string };
  const run = await ended([], 'COMPLETED');
  // It is made as Pending.
  await eventually(() => expect(told).toHaveLength(2));
  expect(told[1]).toMatch(new RegExp(`Flow run load/${run.name} entered state \`Completed\` at \\d{4}-`));
  expect(told[1]).toContain(`Flow run URL: ${server.url.replace(/\/api$/, '')}/runs/${run.id}\nState message: as it is\n`);
  await Promise.all([off.id, id].map((one) => send('DELETE', `${PATH}/${one}`)));
});

test('an address that does not answer is told by an event', async () => {
  const { id } = (await send('POST', `${PATH}/`, { body: { state_names: ['Failed'], tags: [], block_document_id: deaf } })).json as { id: string };
  await ended([], 'FAILED');
  await eventually(async () => {
    const filter = { event: { name: ['sluice.flow-run-notification.failed'] } };
    const { events } = (await send('POST', '/events/filter', { body: { filter } })).json as { events: { resource: object; payload: object }[] };
    expect(events).toMatchObject([{ resource: { 'prefect.resource.id': `sluice.flow-run-notification-policy.${id}` } }]);
    expect(JSON.stringify(events[0]?.payload)).toContain('does not answer');
  });
  await send('DELETE', `${PATH}/${id}`);
});

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
