import type { RouteOutput } from '@sluice/core/api/routes';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let deployment: string;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  const flow = await post('/flows/', { name: 'load' });
  for (const name of ['etl', 'other']) await post('/work_pools/', { name, type: 'process' });
  deployment = (await post('/deployments/', { name: 'd', flow_id: flow.id, work_pool_name: 'etl' })).id;
});
afterAll(() => server.stop());

const post = async (path: string, body: unknown) => (await call(server.url, 'POST', path, { body })).json as { id: string };
const get = async <T>(path: string) => (await call(server.url, 'GET', path)).json as T;
const overview = (pool: string) => get<RouteOutput<'GET /work_pools/{name}/overview'>>(`/work_pools/${pool}/overview`);
const waits = (pool: string, over = 'hour') => get<RouteOutput<'GET /work_pools/{name}/waits'>>(`/work_pools/${pool}/waits?over=${over}`);
const due = (minutesAgo: number) => new Date(Date.now() - minutesAgo * 60_000).toISOString();
const createRun = (minutesAgo: number) =>
  post(`/deployments/${deployment}/create_flow_run`, { state: { type: 'SCHEDULED', state_details: { scheduled_time: due(minutesAgo) } } });
const most = (of: { intervals: { waiting: number }[] }) => Math.max(...of.intervals.map(({ waiting }) => waiting));

test('a pool in which nothing ever ran has curves of nothing, of an hour and of a day', async () => {
  const { reached, intervals } = await waits('other');
  expect(reached).toBeNull();
  expect(intervals).toHaveLength(60);
  expect(intervals.every(({ waiting, started, delay_p95 }) => waiting === 0 && started === 0 && delay_p95 === null)).toBe(true);
  expect((await waits('other', 'day')).intervals).toHaveLength(96);
});

test('a run waits from when it is due until it starts, also one that was due before the curve begins', async () => {
  const ids = [await createRun(90), await createRun(30), await createRun(10)].map(({ id }) => id);
  const before = await waits('etl');
  expect(before.intervals.map(({ waiting }) => waiting).filter((depth, index, all) => depth !== all[index - 1])).toEqual([1, 2, 3]);
  const worker_id = uuidv7();
  const beat = { worker_id, name: 'w', concurrency_limit: 5, heartbeat_interval_seconds: 10, host: 'h', pid: 1, version: '9.9.9', leases: [] };
  await post('/work_pools/etl/workers/beat', beat);
  const claim = { worker_id, wait_seconds: 10 };
  const claimed = (await call(server.url, 'POST', '/work_pools/etl/claim', { body: claim })).json as { flow_run: { id: string }; epoch: number }[];
  for (const { flow_run, epoch } of claimed) {
    const headers = { 'x-sluice-lease': `${flow_run.id}:${epoch}` };
    await call(server.url, 'POST', `/flow_runs/${flow_run.id}/set_state`, { body: { state: { type: 'RUNNING' } }, headers });
  }
  expect(claimed.map(({ flow_run }) => flow_run.id).sort()).toEqual(ids.sort());
  const after = await waits('etl');
  expect(most(after)).toBe(3);
  const [start] = after.intervals.filter(({ started }) => started > 0);
  expect(after.intervals.reduce((sum, { started }) => sum + started, 0)).toBe(3);
  expect(start?.delay_p50).toBeGreaterThan(29 * 60);
  expect(start?.delay_p95).toBeGreaterThan(80 * 60);
  expect(most(await waits('other'))).toBe(0);
});

test('an overview has the pool with its queues, who waits in each, its workers and newest runs', async () => {
  const { id } = await createRun(1);
  const { work_pool, use, queues, workers, runs, flow_names } = await overview('etl');
  expect(work_pool.name).toBe('etl');
  expect(use).toMatchObject({ kind: 'work_pool', used: 3, waiting: 1 });
  expect(queues).toMatchObject([{ name: 'default', waiting: 1, late: 0 }]);
  expect(workers).toMatchObject([{ name: 'w', active_slots: 3, version: '9.9.9' }]);
  expect(runs).toHaveLength(4);
  expect(runs[0]?.id).toBe(id);
  expect(Object.values(flow_names)).toEqual(['load']);
  expect((await overview('other')).runs).toEqual([]);
});

test('a pool that is not there is missing, in words', async () => {
  expect((await call(server.url, 'GET', '/work_pools/nowhere/waits')).status).toBe(404);
  expect((await call(server.url, 'GET', '/work_pools/nowhere/overview')).status).toBe(404);
});
