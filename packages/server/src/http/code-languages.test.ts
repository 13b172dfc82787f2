import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

/* One pool for flows in TypeScript and in Python: each kind of worker gets what it can run. */

const PYTHON = { 'user-agent': 'prefect/3.9.1 (API 0.8.4)', 'x-prefect-api-version': '0.8.4' };
const OLD_PYTHON = { 'user-agent': 'python-httpx/0.24.1', 'x-prefect-api-version': '0.8.4' };

let server: TestServer;
const runs: Record<string, string> = {};

const post = async <Answer = { id: string }>(path: string, body: object, headers: Record<string, string> = {}) => {
  const { status, json } = await call(server.url, 'POST', path, { body, headers });
  if (status >= 300) throw new Error(JSON.stringify(json));
  return json as Answer;
};

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  await post('/work_pools/', { name: 'mixed', type: 'process' });
  const { id: flow_id } = await post('/flows/', { name: 'flow' });
  for (const entrypoint of ['flows/a.py:main', 'package.flows.main', 'flows/a.ts:main', 'flows/a.mjs:main']) {
    const { id } = await post('/deployments/', { name: entrypoint.replaceAll('/', '-'), flow_id, work_pool_name: 'mixed', entrypoint });
    runs[entrypoint] = (await post(`/deployments/${id}/create_flow_run`, {})).id;
  }
});
afterAll(() => server.stop());

const ids = (...entrypoints: string[]) => new Set(entrypoints.map((entrypoint) => runs[entrypoint]));
const polled = async (headers: Record<string, string>) => {
  const body = { scheduled_before: new Date(Date.now() + 1000).toISOString() };
  const due = await post<{ flow_run: { id: string } }[]>('/work_pools/mixed/get_scheduled_flow_runs', body, headers);
  return new Set(due.map(({ flow_run }) => flow_run.id));
};
const reasonOf = async (entrypoint: string) => {
  const { json } = await call(server.url, 'GET', `/flow_runs/${runs[entrypoint]}/wait_reason`);
  return json as { reason: string | null; hint: string | null };
};

test("Prefect's workers are given runs in Python, and whoever else asks sees all", async () => {
  const python = ids('flows/a.py:main', 'package.flows.main');
  expect(await polled(PYTHON)).toEqual(python);
  expect(await polled(OLD_PYTHON)).toEqual(python);
  expect(await polled({ 'user-agent': 'curl/8' })).toEqual(new Set(Object.values(runs)));
});

test('a worker of ours claims the runs in TypeScript; the others say whom they wait for', async () => {
  const worker_id = uuidv7();
  const worker = { worker_id, name: 'ours', concurrency_limit: 9, heartbeat_interval_seconds: 600, host: 'here', pid: 1, leases: [] };
  await post('/work_pools/mixed/workers/beat', worker);
  expect(await reasonOf('flows/a.py:main')).toEqual({
    reason: 'its flow is in Python, and no worker of mixed that is online runs that (ours)',
    hint: 'Start one: prefect worker start --pool mixed',
  });
  const claimed = await post<{ flow_run: { id: string } }[]>('/work_pools/mixed/claim', { worker_id, wait_seconds: 5 });
  expect(new Set(claimed.map(({ flow_run }) => flow_run.id))).toEqual(ids('flows/a.ts:main', 'flows/a.mjs:main'));
  await post('/work_pools/mixed/workers/heartbeat', { name: 'theirs', heartbeat_interval_seconds: 30 }, PYTHON);
  expect(await reasonOf('flows/a.py:main')).toEqual({ reason: null, hint: null });
});
