import { startTestServer, type TestServer } from '@sluice/server/testing';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { clientOver } from './client-over.ts';
import { createClient } from './create-client.ts';
import { createFetchTransport } from './fetch-transport.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
});
afterAll(() => server.stop());

test.each([
  ["Node's client", () => createClient({ apiUrl: server.url })],
  ['fetch', () => clientOver(createFetchTransport(new URL(server.url).origin), { apiUrl: server.url })],
])('what a route answers as text comes as that, whether it is JSON or not, by %s', async (_, open) => {
  const client = open();
  const { id: flow_id } = await client.request('POST /flows/', { body: { name: 'asks' } });
  const { id } = await client.request('POST /flow_runs/', { body: { flow_id } });
  for (const [key, value] of Object.entries({ json: '{"a": 1}', words: 'yes, do', none: '' })) {
    await client.request('POST /flow_runs/{id}/input', { params: { id }, body: { key, value } });
    expect(await client.request('GET /flow_runs/{id}/input/{key}', { params: { id, key } })).toBe(value);
  }
  await client.close();
});
