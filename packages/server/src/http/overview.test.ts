import type { RouteOutput } from '@sluice/core/api/routes';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
});
afterAll(() => server.stop());

const post = async (path: string, body: unknown) => (await call(server.url, 'POST', path, { body })).json as { id: string };
const overview = async () => (await call(server.url, 'GET', '/overview')).json as RouteOutput<'GET /overview'>;
const countOf = ({ states }: RouteOutput<'GET /overview'>, type: string) => states.find(({ state_type }) => state_type === type)?.count;

test('a server without anything has an overview of nothing', async () => {
  const { history, runs, slots, backlogs, workers, late, failed_last_hour } = await overview();
  expect({ runs, slots, backlogs, workers, late, failed_last_hour }).toEqual({
    runs: [],
    slots: [],
    backlogs: [],
    workers: { online: 0, offline: 0 },
    late: 0,
    failed_last_hour: 0,
  });
  expect(history).toHaveLength(24);
});

test('the overview counts runs by state, what failed, the slots in use, and queues of which no worker takes runs', async () => {
  const flow = await post('/flows/', { name: 'load' });
  await post('/work_pools/', { name: 'etl', type: 'process', concurrency_limit: 2 });
  await post('/v2/concurrency_limits/', { name: 'tag:db', limit: 3 });
  const deployment = await post('/deployments/', { name: 'd', flow_id: flow.id, work_pool_name: 'etl' });
  for (const state of ['RUNNING', 'FAILED', 'CRASHED', 'COMPLETED']) await post('/flow_runs/', { flow_id: flow.id, state: { type: state } });
  await post(`/deployments/${deployment.id}/create_flow_run`, {});
  const first = await overview();
  expect(['RUNNING', 'FAILED', 'CRASHED', 'COMPLETED', 'SCHEDULED'].map((type) => countOf(first, type))).toEqual([1, 1, 1, 1, 1]);
  expect(first.failed_last_hour).toBe(2);
  expect(first.slots).toEqual([
    { kind: 'work pool', name: 'etl', used: 0, limit: 2 },
    { kind: 'limit', name: 'tag:db', used: 0, limit: 3 },
  ]);
  expect(first.backlogs).toEqual([{ work_pool_name: 'etl', work_queue_name: 'default', waiting: 1 }]);
  expect(first.runs).toHaveLength(5);
  expect(first.flow_names).toEqual({ [flow.id]: 'load' });
  expect(first.history.flatMap(({ states }) => states).reduce((sum, { count_runs }) => sum + count_runs, 0)).toBe(5);
  const worker_id = uuidv7();
  const beat = { worker_id, name: 'w', concurrency_limit: 1, heartbeat_interval_seconds: 10, host: 'h', pid: 1, leases: [] };
  await post('/work_pools/etl/workers/beat', beat);
  expect(await overview()).toMatchObject({ backlogs: [], workers: { online: 1, offline: 0 } });
  await post('/work_pools/etl/claim', { worker_id, wait_seconds: 10 });
  expect((await overview()).slots[0]).toMatchObject({ name: 'etl', used: 1 });
});
