import type { ServerSetting } from '@sluice/core/model/server-setting';
import type { ServerStatus } from '@sluice/core/model/server-status';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../../tests/support/eventually.ts';
import { call } from '../testing/http-call.ts';
import { lockElsewhere } from '../testing/lock-elsewhere.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'), { late_seconds: '7', sweep_seconds: '0.1' });
});
afterAll(() => server.stop());

const makeFlow = async () => ((await call(server.url, 'POST', '/flows/', { body: { name: 'flow' } })).json as { id: string }).id;
const read = async () => (await call(server.url, 'GET', '/admin/status')).json as ServerStatus;

test('the status tells how long answers take by route, and what the door commits', async () => {
  const flow_id = await makeFlow();
  await Promise.all(Array.from({ length: 20 }, () => call(server.url, 'POST', '/flow_runs/', { body: { flow_id } })));
  const { requests, door } = await read();
  expect(requests.find(({ route }) => route === 'POST /flow_runs/')?.ms.count).toBe(20);
  expect(door.batch?.most).toBeGreaterThan(1);
  expect(door.batch?.most).toBeLessThanOrEqual(20);
  expect(door.batch_ms?.p95).toBeGreaterThan(0);
  expect(door.waiting).toBe(0);
});

test('what waits is counted, and its time is nobody’s measure', async () => {
  const name = 'pool';
  await call(server.url, 'POST', '/work_pools/', { body: { name } });
  const worker_id = crypto.randomUUID();
  const beat = { worker_id, name: 'w', concurrency_limit: 1, heartbeat_interval_seconds: 10, host: 'h', pid: 1, leases: [] };
  await call(server.url, 'POST', `/work_pools/${name}/workers/beat`, { body: beat });
  const claim = call(server.url, 'POST', `/work_pools/${name}/claim`, { body: { worker_id, wait_seconds: 60 } });
  await eventually(async () => expect((await read()).waiting).toEqual({ event_streams: 0, claims: 1, slots: 0 }));
  await call(server.url, 'POST', '/flow_runs/', {
    body: {
      flow_id: await makeFlow(),
      work_pool_name: name,
      state: { type: 'SCHEDULED' },
    },
  });
  expect((await claim).json).toHaveLength(1);
  expect((await read()).requests.map(({ route }) => route)).not.toContain('POST /work_pools/{name}/claim');
});

test('each loop tells when it turned last; the database, which schema it has and what it does now', async () => {
  const { services, database, event_loop_delay_ms } = await eventually(async () => {
    const status = await read();
    expect(status.services.find(({ name }) => name === 'reaper')?.last_tick).not.toBeNull();
    expect(status.event_loop_delay_ms).not.toBeNull();
    return status;
  });
  expect(services.find(({ name }) => name === 'reaper')).toMatchObject({ every_seconds: 0.1, last_error: null });
  expect(event_loop_delay_ms?.count).toBeGreaterThan(0);
  expect(database.schema).toMatch(/^\d{4}-/);

  const { id } = (await call(server.url, 'POST', '/flow_runs/', { body: { flow_id: await makeFlow() } })).json as { id: string };
  const { release } = await lockElsewhere(server.databaseUrl, 'flow_run', id);
  const change = call(server.url, 'PATCH', `/flow_runs/${id}`, { body: { name: 'other' } });
  await eventually(async () => expect((await read()).database).toMatchObject({ active_statements: 1, oldest_statement_ms: expect.any(Number) }));
  await release();
  expect((await change).status).toBe(204);
});

test('each setting says its value, which no secret has, and where it is from', async () => {
  const settings = (await call(server.url, 'GET', '/admin/config')).json as ServerSetting[];
  const of = (name: string) => settings.find((setting) => setting.name === name);
  expect(of('SLUICE_LATE_SECONDS')).toMatchObject({ value: '7', source: 'flag', found_as: '--late-seconds', used: true });
  expect(of('SLUICE_LOG_DAYS')).toMatchObject({ value: '30', source: 'default' });
  expect(of('SLUICE_BEAT_SECONDS')).toMatchObject({ used: false });
  const database = of('SLUICE_DATABASE_URL');
  expect(database).toMatchObject({ secret: true, value: expect.stringMatching(/^postgres:\/\//) });
  const { password } = new URL(server.databaseUrl);
  if (password) expect(JSON.stringify(settings)).not.toContain(password);
});
