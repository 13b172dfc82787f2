import type { RouteOutput } from '@sluice/core/api/routes';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

/* What an autoscaler asks for, and does: so many places for runs as `wanted` says. */

let server: TestServer;
let flow: string;
let pools = 0;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  flow = (await post('/flows/', { name: 'load' })).id;
});
afterAll(() => server.stop());

const post = async (path: string, body: unknown) => (await call(server.url, 'POST', path, { body })).json as { id: string };
const patch = (path: string, body: unknown) => call(server.url, 'PATCH', path, { body });

/** A pool with a deployment, runs of it that are due, and others that are not yet. */
async function fill(runs: number, later = 0) {
  const pool = `pool-${++pools}`;
  await post('/work_pools/', { name: pool });
  const { id: deployment } = await post('/deployments/', { name: pool, flow_id: flow, work_pool_name: pool });
  const at = (minutes: number) => ({
    state: { type: 'SCHEDULED', state_details: { scheduled_time: new Date(Date.now() + minutes * 60_000).toISOString() } },
  });
  for (let i = 0; i < runs; i++) await post(`/deployments/${deployment}/create_flow_run`, at(-1));
  for (let i = 0; i < later; i++) await post(`/deployments/${deployment}/create_flow_run`, at(60));
  const depth = async () =>
    (await call(server.url, 'GET', `/work_pools/${pool}/queue_depth`)).json as RouteOutput<'GET /work_pools/{name}/queue_depth'>;
  const claim = async (limit: number) => {
    const worker_id = uuidv7();
    const beat = { worker_id, name: worker_id, concurrency_limit: limit, heartbeat_interval_seconds: 10, host: 'h', pid: 1, leases: [] };
    await post(`/work_pools/${pool}/workers/beat`, beat);
    await post(`/work_pools/${pool}/claim`, { worker_id, wait_seconds: 10 });
  };
  return { path: `/work_pools/${pool}`, deployment: `/deployments/${deployment}`, depth, claim };
}

test('the depth of a pool is what is due and what runs; a run of later does not count', async () => {
  const { depth, claim } = await fill(3, 2);
  expect(await depth()).toEqual({ waiting: 3, running: 0, wanted: 3 });
  await claim(1);
  expect(await depth()).toEqual({ waiting: 2, running: 1, wanted: 3 });
});

test('an empty pool wants nothing, and one that is not there is missing, in words', async () => {
  expect(await (await fill(0)).depth()).toEqual({ waiting: 0, running: 0, wanted: 0 });
  expect((await call(server.url, 'GET', '/work_pools/nowhere/queue_depth')).status).toBe(404);
});

const KEPT_BACK: [string, number, (of: { path: string; deployment: string }) => [string, object]][] = [
  ['the pool is paused', 1, ({ path }) => [path, { is_paused: true }]],
  ['its queue is paused', 1, ({ path }) => [`${path}/queues/default`, { is_paused: true }]],
  ['their deployment is paused', 1, ({ deployment }) => [deployment, { paused: true }]],
  ['the pool has a limit', 2, ({ path }) => [path, { concurrency_limit: 2 }]],
  ['its queue has a limit', 2, ({ path }) => [`${path}/queues/default`, { concurrency_limit: 2 }]],
  ['their deployment has a limit', 2, ({ deployment }) => [deployment, { concurrency_limit: 2 }]],
  ['the limit is lower than what runs', 1, ({ path }) => [path, { concurrency_limit: 0 }]],
];

test.each(KEPT_BACK)('workers that could start nothing are not wanted: %s', async (_what, wanted, change) => {
  const { path, deployment, depth, claim } = await fill(4);
  await claim(1);
  expect((await patch(...change({ path, deployment }))).status).toBeLessThan(300);
  expect(await depth()).toEqual({ waiting: 3, running: 1, wanted });
});
