import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Call, call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
});
afterAll(() => server.stop());

const send = (method: string, path: string, options?: Call) => call(server.url, method, path, options);
const create = async (body: object) => (await send('POST', '/artifacts/', { body })).json as { id: string };
const latest = async (key: string) => (await send('GET', `/artifacts/${key}/latest`)).json;

describe('an artifact', () => {
  test.each([[[{ table: 1, rows: 200 }]], ['# text'], [80], [null], [{ a: { b: 1 } }]])('shows %j', async (data) => {
    const answer = await send('POST', '/artifacts/', { body: { data, type: 'table', description: 'd', metadata_: { long: 'x'.repeat(600) } } });
    expect(answer).toMatchObject({ status: 201, json: { data, key: null, flow_run_id: null, metadata_: { long: `${'x'.repeat(500)}...` } } });
    const { id } = answer.json as { id: string };
    expect((await send('GET', `/artifacts/${id}`)).json).toEqual(answer.json);
  });

  test('of a key is its newest, until that one is deleted', async () => {
    const one = await create({ key: 'report', type: 'markdown', data: 'one' });
    const two = await create({ key: 'report', type: 'markdown', data: 'two' });
    expect(await latest('report')).toMatchObject({ latest_id: two.id, data: 'two', key: 'report' });
    expect((await send('POST', '/artifacts/count', { body: { artifacts: { key: { any_: ['report'] } } } })).json).toBe(2);
    expect((await send('POST', '/artifacts/latest/count', { body: { artifacts: { key: { any_: ['report'] } } } })).json).toBe(1);
    await send('DELETE', `/artifacts/${two.id}`);
    expect(await latest('report')).toMatchObject({ latest_id: one.id, data: 'one' });
    await send('DELETE', `/artifacts/${one.id}`);
    expect(await send('GET', '/artifacts/report/latest')).toMatchObject({ status: 404, json: { detail: 'Artifact not found' } });
    expect((await send('DELETE', `/artifacts/${one.id}`)).status).toBe(404);
  });

  test('that is not the newest is deleted without a trace', async () => {
    const one = await create({ key: 'kept', data: 1 });
    const two = await create({ key: 'kept', data: 2 });
    expect((await send('DELETE', `/artifacts/${one.id}`)).status).toBe(204);
    expect(await latest('kept')).toMatchObject({ latest_id: two.id });
  });

  test('is updated in place, where something is told', async () => {
    const { id } = await create({ key: 'progress', type: 'progress', data: 10, description: 'rows' });
    expect((await send('PATCH', `/artifacts/${id}`, { body: { data: 80 } })).status).toBe(204);
    expect((await send('GET', `/artifacts/${id}`)).json).toMatchObject({ data: 80, description: 'rows' });
    expect(await latest('progress')).toMatchObject({ data: 80 });
  });

  test('of one key that many make at once has one newest', async () => {
    const made = await Promise.all(Array.from({ length: 12 }, (_, data) => create({ key: 'crowd', data })));
    expect(made.map(({ id }) => id)).toContain(((await latest('crowd')) as { latest_id: string }).latest_id);
    await Promise.all(made.map(({ id }) => send('DELETE', `/artifacts/${id}`)));
    expect((await send('GET', '/artifacts/crowd/latest')).status).toBe(404);
  });

  test.each([
    ['a key in capitals', { key: 'Report' }],
    ['a key with an underscore', { key: 'a_b' }],
    ['a run that is none', { flow_run_id: 'x' }],
    ['metadata that is no text', { metadata_: { a: 1 } }],
    ['more than is kept', { data: 'x'.repeat(1_700_000) }],
  ])('with %s is refused', async (_what, body) => {
    expect(await send('POST', '/artifacts/', { body })).toMatchObject({ status: 422, json: { code: 'INVALID_REQUEST' } });
  });
});
