import type { BlockDocument, BlockSchema, BlockType } from '@sluice/core/model/block';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Call, call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
const send = (method: string, path: string, options?: Call) => call(server.url, method, path, options);
const post = async <T>(path: string, body: object): Promise<T> => {
  const { status, json, text } = await send('POST', path, { body });
  expect(status, text).toBeLessThan(300);
  return json as T;
};
const idOf = (path: string, body: object) => post<{ id: string }>(path, body).then(({ id }) => id);

beforeAll(async () => {
  server = await startTestServer(inject('postgres'), { late_seconds: '999999999' });
});
afterAll(() => server.stop());

describe("what Prefect's pages ask", () => {
  test('is counted and told for each that they name, and for those that are not there', async () => {
    const nobody = crypto.randomUUID();
    const flow_id = await idOf('/flows/', { name: 'asked' });
    await idOf('/deployments/', { name: 'd', flow_id });
    const run = await idOf('/flow_runs/', { flow_id, name: 'parent', state: { type: 'RUNNING' } });
    const task = await idOf('/task_runs/', { flow_run_id: run, task_key: 'a', dynamic_key: '0', state: { type: 'COMPLETED' } });
    const dummy = await idOf('/task_runs/', { flow_run_id: run, task_key: 'b', dynamic_key: '0' });
    const scheduled = { type: 'SCHEDULED', state_details: { scheduled_time: '2031-01-01T00:00:00Z' } };
    const child = await idOf('/flow_runs/', { flow_id, name: 'child', parent_task_run_id: dummy, state: scheduled });
    await idOf('/flow_runs/', { flow_id, state: { ...scheduled, state_details: { scheduled_time: '2032-01-01T00:00:00Z' } } });

    expect(await post('/ui/flow_runs/count-task-runs', { flow_run_ids: [run, nobody] })).toEqual({ [run]: 1, [nobody]: 0 });
    expect(await post('/ui/flows/count-deployments', { flow_ids: [flow_id, nobody] })).toEqual({ [flow_id]: 1, [nobody]: 0 });
    expect(await post('/ui/flows/next-runs', { flow_ids: [flow_id, nobody] })).toMatchObject({ [flow_id]: { id: child }, [nobody]: null });
    const points = await post<{ id: string }[]>('/ui/flow_runs/history', { flow_runs: { id: { any_: [run, child] } } });
    expect(points).toMatchObject([
      { id: child, state_type: 'SCHEDULED', timestamp: expect.stringMatching(/^2031-01-01/) },
      { id: run, state_type: 'RUNNING' },
    ]);
    expect(await post('/ui/task_runs/count', { flow_runs: { id: { any_: [run] } } })).toMatchObject({ COMPLETED: 1, SCHEDULED: 1, CRASHED: 0 });
    expect((await send('GET', `/ui/task_runs/${task}`)).json).toMatchObject({ id: task, flow_run_name: 'parent' });
  });

  test('of ended task runs comes in twenty spans', async () => {
    const flow_run_id = await idOf('/flow_runs/', { flow_id: await idOf('/flows/', { name: 'spans' }), state: { type: 'RUNNING' } });
    for (const [dynamic_key, type] of [
      ['0', 'COMPLETED'],
      ['1', 'FAILED'],
      ['2', 'CRASHED'],
      ['3', 'RUNNING'],
    ] as const) {
      const id = await idOf('/task_runs/', { flow_run_id, task_key: 't', dynamic_key, state: { type: 'RUNNING' } });
      await post(`/task_runs/${id}/set_state`, { state: { type }, force: true });
    }
    const body = {
      flow_runs: { id: { any_: [flow_run_id] } },
      task_runs: { start_time: { after_: new Date(Date.now() - 3_600_000).toISOString() } },
    };
    const spans = await post<{ completed: number; failed: number }[]>('/ui/task_runs/dashboard/counts', body);
    expect(spans).toHaveLength(20);
    expect(spans.at(-1)).toEqual({ completed: 1, failed: 2 });
    expect(spans.slice(0, -1).every(({ completed, failed }) => completed + failed === 0)).toBe(true);
    expect((await send('POST', '/ui/task_runs/dashboard/counts', { body: {} })).status).toBe(422);
  });

  test('of values and a schema is answered with all faults', async () => {
    const schema = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] };
    expect(await post('/ui/schemas/validate', { schema, values: { a: 1 } })).toEqual({ valid: true, errors: [] });
    expect(await post('/ui/schemas/validate', { schema, values: { a: 'x' } })).toMatchObject({
      valid: false,
      errors: [expect.stringContaining('a')],
    });
  });
});

test('types of work pools are told as Prefect tells them; of another view there is nothing', async () => {
  expect((await send('GET', '/collections/views/aggregate-worker-metadata')).json).toMatchObject({
    prefect: { process: { type: 'process', default_base_job_configuration: { job_configuration: expect.any(Object) } } },
  });
  expect((await send('GET', '/collections/views/constructor')).status).toBe(404);
});

test('a template is checked', async () => {
  expect((await send('POST', '/templates/validate', { body: '{{ event.id }}' })).status).toBe(204);
  expect((await send('POST', '/templates/validate')).status).toBe(204);
  expect(await send('POST', '/templates/validate', { body: 'one\n{% if %}' })).toMatchObject({
    status: 422,
    json: { error: { line: 2, message: expect.any(String), source: 'one\n{% if %}' } },
  });
});

test('results are kept in the block that is named for them, while it is there', async () => {
  const storage = async () => (await send('GET', '/admin/storage')).json;
  expect(await storage()).toEqual({ default_result_storage_block_id: null });
  const { id: block_type_id } = (await send('GET', '/block_types/slug/local-file-system')).json as BlockType;
  const aBlock = async (slug: string, name: string) => {
    const type = (await send('GET', `/block_types/slug/${slug}`)).json as BlockType;
    const [schema] = await post<BlockSchema[]>('/block_schemas/filter', { block_schemas: { block_type_id: { any_: [type.id] } } });
    return (await post<BlockDocument>('/block_documents/', { name, block_type_id: type.id, block_schema_id: schema?.id })).id;
  };
  const put = (id: string) => send('PUT', '/admin/storage', { body: { default_result_storage_block_id: id } });
  const id = await aBlock('local-file-system', 'results');
  expect(await put(id)).toMatchObject({ status: 200, json: { default_result_storage_block_id: id } });
  expect((await put(await aBlock('secret', 'no-files'))).status).toBe(422);
  expect((await put(block_type_id)).status).toBe(404);
  expect(await storage()).toEqual({ default_result_storage_block_id: id });
  await send('DELETE', `/block_documents/${id}`);
  expect(await storage()).toEqual({ default_result_storage_block_id: null });
  expect((await send('DELETE', '/admin/storage')).status).toBe(204);
});

test('settings are told by their names, without secrets', async () => {
  expect((await send('GET', '/admin/settings')).json).toMatchObject({ SLUICE_LATE_SECONDS: expect.any(String) });
});
