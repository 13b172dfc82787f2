import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { connect, until } from '../testing/test-sockets.ts';

let server: TestServer;
let other: TestServer;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  other = await startTestServer(inject('postgres'), { database_url: server.databaseUrl });
});
afterAll(async () => {
  await other.stop();
  await server.stop();
});

const frame = (type: string, payload: object) => ({ type, id: crypto.randomUUID(), sent_at: new Date().toISOString(), payload });
const CAPABILITIES = ['worker_heartbeat.v1', 'work_pool_snapshot.v1', 'cleanup_delivery.v1'];
const TEMPLATE = { job_configuration: { command: '{{ command }}' }, variables: { type: 'object', properties: { command: { type: 'string' } } } };

/** What a ProcessWorker of 3.9.1 says first. */
const hello = (more: object = {}) => ({
  consumer_id: '00000000-0000-4000-8000-000000000001',
  worker_name: 'Worker 1',
  worker_type: 'process',
  heartbeat_interval_seconds: 30,
  supported_channel_versions: ['work_pool_worker_channel.v1'],
  requested_capabilities: CAPABILITIES,
  work_queue_names: [],
  handled_cleanup_kinds: ['cancelling_timeout_teardown.v1'],
  max_cleanup_concurrency: 1,
  create_pool_if_not_found: false,
  default_base_job_template: TEMPLATE,
  worker_metadata: null,
  ...more,
});

const open = (pool: string) => connect(server.url, `/work_pools/${pool}/workers/connect`);
const post = async (path: string, body: unknown) => (await call(server.url, 'POST', path, { body })).json as { [key: string]: unknown };
const get = async (path: string) => (await call(server.url, 'GET', path)).json as { [key: string]: unknown };
const workers = async (pool: string) =>
  (await call(server.url, 'POST', `/work_pools/${pool}/workers/filter`, { body: {} })).json as { [key: string]: unknown }[];

test('a worker is greeted with its pool and its queues, and is online', async () => {
  const pool = await post('/work_pools/', { name: 'greeted', type: 'process', base_job_template: TEMPLATE });
  await post('/work_pools/greeted/queues', { name: 'fast' });
  await using socket = await open('greeted');
  socket.send(frame('worker.hello.v1', hello({ work_queue_names: ['fast'] })));
  const ready = await socket.receive();
  expect(ready).toMatchObject({
    type: 'worker.ready.v1',
    id: expect.any(String),
    sent_at: expect.any(String),
    payload: {
      consumer_id: hello().consumer_id,
      worker_id: null,
      selected_channel_version: 'work_pool_worker_channel.v1',
      effective_heartbeat_interval_seconds: 30,
      accepted_capabilities: ['worker_heartbeat.v1', 'work_pool_snapshot.v1'],
      rejected_capabilities: ['cleanup_delivery.v1'],
      effective_max_cleanup_concurrency: 0,
      resolved_work_queues: [{ id: expect.any(String), name: 'fast' }],
      initial_snapshot: { snapshot_sequence: 1, reason: 'initial', work_pool: { id: pool['id'], base_job_template: TEMPLATE, status: 'READY' } },
    },
  });
  const [worker] = await workers('greeted');
  expect(worker).toMatchObject({ name: 'Worker 1', status: 'ONLINE', heartbeat_interval_seconds: 30 });

  socket.send(frame('worker.heartbeat.v1', { consumer_id: hello().consumer_id, worker_name: 'Worker 1', heartbeat_interval_seconds: 20 }));
  await until(async () => (await workers('greeted'))[0]?.['heartbeat_interval_seconds'] === 20);
});

test('each change of the pool is told once, whichever server made it, and its end closes the channel', async () => {
  await post('/work_pools/', { name: 'changed', type: 'process', base_job_template: TEMPLATE });
  await using socket = await open('changed');
  socket.send(frame('worker.hello.v1', hello()));
  await socket.receive();
  await call(server.url, 'PATCH', '/work_pools/changed', { body: { is_paused: true } });
  expect(await socket.receive()).toMatchObject({
    type: 'work_pool.snapshot.v1',
    payload: { snapshot_sequence: 2, work_pool: { name: 'changed', is_paused: true } },
  });
  await call(other.url, 'PATCH', '/work_pools/changed', { body: { concurrency_limit: 7 } });
  expect(await socket.receive()).toMatchObject({ payload: { snapshot_sequence: 3, work_pool: { concurrency_limit: 7, is_paused: true } } });
  await post('/work_pools/', { name: 'another', type: 'process' });
  await call(server.url, 'DELETE', '/work_pools/changed');
  expect(await socket.closed).toEqual({ code: 1008, reason: 'authorization_failed' });
});

test('a pool that is not there is made for a worker that says so, and one without a template gets its', async () => {
  await using socket = await open('made');
  socket.send(frame('worker.hello.v1', hello({ create_pool_if_not_found: true })));
  expect(await socket.receive()).toMatchObject({ payload: { initial_snapshot: { work_pool: { name: 'made', type: 'process' } } } });
  expect(await get('/work_pools/made')).toMatchObject({ base_job_template: TEMPLATE });
  await post('/work_pools/', { name: 'bare', type: 'process', base_job_template: {} });
  await using second = await open('bare');
  second.send(frame('worker.hello.v1', hello()));
  expect(await second.receive()).toMatchObject({ payload: { initial_snapshot: { work_pool: { base_job_template: TEMPLATE } } } });
});

describe('a channel is closed with a reason that the worker knows', () => {
  beforeAll(async () => {
    await post('/work_pools/', { name: 'closed', type: 'process', base_job_template: TEMPLATE });
  });

  test.each([
    ['there is no such pool', 'nowhere', frame('worker.hello.v1', hello()), 1008, 'authorization_failed'],
    ['the name is Prefect’s own', 'prefect-x', frame('worker.hello.v1', hello({ create_pool_if_not_found: true })), 1008, 'authorization_failed'],
    ['there is no such queue', 'closed', frame('worker.hello.v1', hello({ work_queue_names: ['slow'] })), 1008, 'authorization_failed'],
    ['it speaks another version', 'closed', frame('worker.hello.v1', hello({ supported_channel_versions: ['v2'] })), 1008, 'unsupported_version'],
    [
      'it does not want what each must',
      'closed',
      frame('worker.hello.v1', hello({ requested_capabilities: ['worker_heartbeat.v1'] })),
      1002,
      'protocol_error',
    ],
    [
      'it cleans up what it has not asked for',
      'closed',
      frame('worker.hello.v1', hello({ requested_capabilities: CAPABILITIES.slice(0, 2) })),
      1002,
      'protocol_error',
    ],
    [
      'its template is none',
      'unmade',
      frame('worker.hello.v1', hello({ create_pool_if_not_found: true, default_base_job_template: { a: 1 } })),
      1002,
      'protocol_error',
    ],
    ['it says something else first', 'closed', frame('worker.heartbeat.v1', {}), 1002, 'protocol_error'],
    ['it says nothing that is JSON of a frame', 'closed', [1, 2], 1002, 'protocol_error'],
  ] as const)('when %s', async (_name, pool, message, code, reason) => {
    await using socket = await open(pool);
    socket.send(message);
    expect(await socket.closed).toEqual({ code, reason });
  });

  test('when its heartbeat is of another worker', async () => {
    await using socket = await open('closed');
    socket.send(frame('worker.hello.v1', hello()));
    await socket.receive();
    socket.send(frame('worker.heartbeat.v1', { consumer_id: hello().consumer_id, worker_name: 'Worker 2', heartbeat_interval_seconds: 30 }));
    expect(await socket.closed).toEqual({ code: 1002, reason: 'protocol_error' });
    expect(await workers('closed')).toMatchObject([{ name: 'Worker 1' }]);
  });
});
