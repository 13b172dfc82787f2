import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Lab, shortLeases, startLab } from '../../../tests/support/lab.ts';
import { startWorkerProcess } from '../../../tests/support/worker-process.ts';
import { standsAt, tellsProcess } from './fixtures/worker-flows.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab(inject('postgres'), shortLeases());
});
afterAll(() => lab.stop());

const workersOf = (pool: string) => lab.client.request('POST /work_pools/{name}/workers/filter', { params: { name: pool }, body: {} });

test('a worker runs as many flow runs at once as its limit says, and no more', async () => {
  const pool = await lab.pool();
  await using worker = await lab.worker(pool, { limit: 2 });
  const name = await lab.deploy(pool, standsAt);
  const runs = await Promise.all([1, 2, 3].map(() => lab.start(name, { gateName: 'limit' })));
  await lab.gates.arrived('limit', 2);
  expect(await workersOf(pool)).toMatchObject([{ name: worker.name, concurrency_limit: 2, active_slots: 2 }]);
  const states = await Promise.all(runs.map(({ id }) => lab.read(id)));
  expect(states.map(({ state_type }) => state_type).sort()).toEqual(['RUNNING', 'RUNNING', 'SCHEDULED']);
  lab.gates.open('limit');
  const ended = await Promise.all(runs.map(({ id }) => lab.ended(id)));
  expect(ended.map(({ state_type }) => state_type)).toEqual(Array(3).fill('COMPLETED'));
});

test('a worker that names queues takes runs of these alone, however many stand before them in others', async () => {
  const pool = await lab.pool();
  await lab.client.request('POST /work_pools/{name}/queues', { params: { name: pool }, body: { name: 'second', priority: 9 } });
  const [first, second] = await Promise.all([
    lab.deploy(pool, tellsProcess, { name: `${pool}-first` }),
    lab.deploy(pool, tellsProcess, { name: `${pool}-second`, queue: 'second' }),
  ]);
  const before = await Promise.all([1, 2, 3].map(() => lab.start(first)));
  const wanted = await lab.start(second);
  await using _worker = await lab.worker(pool, { queues: ['second'] });
  expect((await lab.ended(wanted.id)).state_type).toBe('COMPLETED');
  for (const { id } of before) expect((await lab.read(id)).state_type).toBe('SCHEDULED');
});

test('a worker is shown ONLINE while it beats, and OFFLINE when it has ended', async () => {
  const pool = await lab.pool();
  {
    await using worker = await lab.worker(pool, { beatSeconds: 0.1 });
    expect(await workersOf(pool)).toMatchObject([{ name: worker.name, status: 'ONLINE', pid: process.pid }]);
  }
  await eventually(async () => expect(await workersOf(pool)).toMatchObject([{ status: 'OFFLINE' }]));
});

test('a worker beats as often as the leases of its server ask, however seldom it was told to', async () => {
  const pool = await lab.pool();
  await using _worker = await lab.worker(pool, { beatSeconds: 60 });
  const lastBeat = async () => (await workersOf(pool))[0]?.last_heartbeat_time;
  const first = await lastBeat();
  await eventually(async () => expect(await lastBeat()).not.toBe(first));
});

test('a worker for a pool that is not there does not start', async () => {
  await expect(lab.worker('no-such-pool')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a run gets a process of its own, and a new one for each', async () => {
  const pool = await lab.pool();
  await using _worker = await lab.worker(pool, { limit: 2 });
  const name = await lab.deploy(pool, tellsProcess);
  const runs = [...(await Promise.all([lab.run(name), lab.run(name)])), await lab.run(name)];
  const results = (await Promise.all(runs.map(lab.result))) as { pid: number }[];
  expect(new Set(results.map(({ pid }) => pid)).size).toBe(3);
  expect(runs.map(({ infrastructure_pid }) => infrastructure_pid)).toEqual(results.map(({ pid }) => String(pid)));
});

test('of two workers of one name on a machine the second does not start, unless the first was killed', async () => {
  const pool = await lab.pool();
  await using first = await startWorkerProcess(lab, pool, { name: 'twin' });
  await expect(lab.worker(pool, { name: 'twin' })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: `A worker named "twin" runs here already (process ${first.pid}).`,
  });
  first.child.kill('SIGKILL');
  await first.exited;
  await using second = await lab.worker(pool, { name: 'twin' });
  expect(await workersOf(pool)).toMatchObject([{ name: second.name, status: 'ONLINE', pid: process.pid }]);
});

test('a worker whose namesake is awake on another machine does not start, and is let in when that one has left', async () => {
  const pool = await lab.pool();
  const beat = (leaving: boolean) =>
    lab.client.request('POST /work_pools/{name}/workers/beat', {
      params: { name: pool },
      body: {
        ...{ worker_id: '018f0000-0000-7000-8000-000000000000', name: 'twin', concurrency_limit: 1, heartbeat_interval_seconds: 600 },
        ...{ host: 'elsewhere', pid: 1, leases: [], leaving },
      },
    });
  await beat(false);
  await expect(lab.worker(pool, { name: 'twin' })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: 'A worker named "twin" is online on another machine.',
  });
  await beat(true);
  await using worker = await lab.worker(pool, { name: 'twin' });
  await expect(beat(false)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await workersOf(pool)).toMatchObject([{ name: worker.name, pid: process.pid, status: 'ONLINE' }]);
});
