import { randomUUID } from 'node:crypto';
import { type Client, createClient } from '@sluice/client';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { startTestServer, type TestServer } from '@sluice/server/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type WhyFacts, type WhyRun, whyItWaits } from '../src/render/why.ts';
import { createSluice, type Sluice } from './support/sluice.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');

const scheduled: WhyRun = {
  state_type: 'SCHEDULED',
  next_scheduled_start_time: '2026-11-24T11:59:00Z',
  work_pool_name: 'etl',
  work_queue_name: 'tables',
  worker_name: null,
  waiting_on: null,
  empirical_policy: { max_retries: 0, retry_delay_seconds: 0 },
};
const room = { is_paused: false, concurrency_limit: null, active_slots: 0 };
const free: WhyFacts = { pool: room, queue: room, deployment: undefined, workers: [{ status: 'ONLINE', concurrency_limit: 2, active_slots: 1 }] };
const full = { is_paused: false, concurrency_limit: 2, active_slots: 2 };
const busy = { status: 'ONLINE', concurrency_limit: 1, active_slots: 1 } as const;

describe('a run that is scheduled', () => {
  test.each<[string, Partial<WhyRun>, Partial<WhyFacts>]>([
    ['due in 2h', { next_scheduled_start_time: '2026-11-24T14:00:01Z' }, { pool: { ...room, is_paused: true } }],
    ['is in no work pool: no worker takes it', { work_pool_name: null }, {}],
    ['work pool etl is paused', {}, { pool: { ...full, is_paused: true }, workers: [] }],
    ['work queue tables of etl is paused', {}, { queue: { ...room, is_paused: true }, workers: [] }],
    ['no worker of etl is online', {}, { workers: [{ ...busy, status: 'OFFLINE' }], pool: full }],
    ['waits for a slot of work pool etl', {}, { pool: full, queue: full, workers: [busy] }],
    ['waits for a slot of work queue tables', {}, { queue: full, workers: [busy] }],
    ['waits for a slot of deployment daily', {}, { deployment: { name: 'daily', concurrency_limit: 1, active_slots: 1 }, workers: [busy] }],
    ['waits for a free worker', {}, { workers: [busy, busy] }],
  ])('%s', (why, run, facts) => {
    expect(whyItWaits({ ...scheduled, ...run }, { ...free, ...facts }, NOW)).toBe(why);
  });

  test.each<[string, Partial<WhyFacts>]>([
    ['one worker has room', { workers: [busy, { ...busy, concurrency_limit: 2 }] }],
    ['a worker of Prefect’s does not say', { workers: [busy, { ...busy, concurrency_limit: null, active_slots: null }] }],
    ['the limits are not reached', { pool: { ...full, active_slots: 1 }, queue: { ...full, active_slots: 1 } }],
  ])('gives no reason that may be wrong when %s', (_what, facts) => {
    expect(whyItWaits(scheduled, { ...free, ...facts }, NOW)).toBeNull();
  });
});

test('a run that its own process tries again waits for no worker', () => {
  const empirical_policy = { ...scheduled.empirical_policy, retry_type: 'in_process' as const };
  expect(whyItWaits({ ...scheduled, empirical_policy }, { ...free, workers: [] }, NOW)).toBeNull();
});

test('a run that is pending waits for its process', () => {
  expect(whyItWaits({ ...scheduled, state_type: 'PENDING', worker_name: 'worker-2' }, {}, NOW)).toBe('worker-2 starts its process');
});

test.each<[string, WhyRun['waiting_on'], WhyFacts]>([
  ['waits for a slot of tag:database', { slot: 'tag:database' }, {}],
  ['waits for 2 runs', { flow_runs: [randomUUID(), randomUUID()] }, { openRuns: 2 }],
  ['waits for 1 run', { flow_runs: [randomUUID()] }, { openRuns: 1 }],
  ['waits for 1 of 2 runs', { flow_runs: [randomUUID(), randomUUID()] }, { openRuns: 1 }],
  ['goes on in a moment', { flow_runs: [randomUUID()] }, { openRuns: 0 }],
])('a run in its process %s', (why, waiting_on, facts) => {
  expect(whyItWaits({ ...scheduled, state_type: 'RUNNING', waiting_on }, facts, NOW)).toBe(why);
});

test.each(['RUNNING', 'COMPLETED', 'FAILED', 'CANCELLING'] as const)('a run that is %s and waits for nothing has no reason', (state_type) => {
  expect(whyItWaits({ ...scheduled, state_type }, free, NOW)).toBeNull();
});

describe('flow-run inspect', () => {
  let server: TestServer;
  let client: Client;
  let sluice: Sluice;
  let run: FlowRun;

  beforeAll(async () => {
    server = await startTestServer(inject('postgres'));
    client = createClient({ apiUrl: server.url });
    sluice = createSluice({ SLUICE_HOME: server.home, SLUICE_API_URL: server.url });
    await client.request('POST /work_pools/', { body: { name: 'etl', type: 'process' } });
    const { id: flow_id } = await client.request('POST /flows/', { body: { name: 'table' } });
    const body = { name: 'daily', flow_id, work_pool_name: 'etl', work_queue_name: 'tables', concurrency_limit: 1 };
    const { id } = await client.request('POST /deployments/', { body });
    run = await client.request('POST /deployments/{id}/create_flow_run', { params: { id }, body: {} });
    await client.request('POST /deployments/{id}/create_flow_run', { params: { id }, body: { name: 'second' } });
  });
  afterAll(async () => {
    await client.close();
    await server.stop();
  });

  const why = async (name = run.id) => /^Why\t(.*)$/m.exec((await sluice.run(['flow-run', 'inspect', name])).stdout)?.[1];
  const changePool = (body: { is_paused?: boolean; concurrency_limit?: number | null }) =>
    client.request('PATCH /work_pools/{name}', { params: { name: 'etl' }, body });

  test('says why a run waits, as the server has it now', async () => {
    expect(await why()).toBe('no worker of etl is online');
    await changePool({ is_paused: true });
    expect(await why()).toBe('work pool etl is paused');
    await changePool({ is_paused: false });

    const worker_id = randomUUID();
    const beat = { worker_id, name: 'worker-1', concurrency_limit: 1, heartbeat_interval_seconds: 60, host: 'h', pid: 1, leases: [] };
    await client.request('POST /work_pools/{name}/workers/beat', { params: { name: 'etl' }, body: beat });
    await client.request('POST /work_pools/{name}/claim', { params: { name: 'etl' }, body: { worker_id } });
    expect(await why()).toBe('worker-1 starts its process');
    expect(await why('second')).toBe('waits for a slot of deployment daily');
    await changePool({ concurrency_limit: 1 });
    expect(await why('second')).toBe('waits for a slot of work pool etl');
  });

  test('prints the API’s record alone as JSON', async () => {
    const { stdout } = await sluice.run(['flow-run', 'inspect', 'second', '-o', 'json']);
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(Object.keys(run));
  });
});
