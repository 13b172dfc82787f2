import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Call, call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
});
afterAll(() => server.stop());

const send = (method: string, path: string, options?: Call) => call(server.url, method, path, options);
const filterOf = (value: unknown) => ({ object: 'flow_run', property: 'name', type: 'string', operation: 'equals', value });

test('a search is kept under its name, in the place of the one before', async () => {
  const one = await send('PUT', '/saved_searches/', { body: { name: 'mine', filters: [filterOf('a')] } });
  expect(one).toMatchObject({ status: 201, json: { name: 'mine', filters: [filterOf('a')] } });
  const { id } = one.json as { id: string };
  expect(await send('PUT', '/saved_searches/', { body: { name: 'mine', filters: [filterOf([1])] } })).toMatchObject({ status: 200, json: { id } });
  expect((await send('GET', `/saved_searches/${id}`)).json).toMatchObject({ filters: [filterOf([1])] });
  await send('PUT', '/saved_searches/', { body: { name: 'another' } });
  expect((await send('POST', '/saved_searches/filter', { body: {} })).json).toMatchObject([{ name: 'another', filters: [] }, { name: 'mine' }]);
  expect((await send('DELETE', `/saved_searches/${id}`)).status).toBe(204);
  expect(await send('GET', `/saved_searches/${id}`)).toMatchObject({ status: 404, json: { detail: 'Saved search not found' } });
});

test('a search without a name, or with a filter that says nothing, is refused', async () => {
  for (const body of [{}, { name: '' }, { name: 'x', filters: [{}] }, { name: 'x', filters: 'y' }])
    expect((await send('PUT', '/saved_searches/', { body })).status).toBe(422);
});
