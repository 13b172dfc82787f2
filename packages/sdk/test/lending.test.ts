import type { FlowRun } from '@sluice/core/model/flow-run';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Lab, startLab } from '../../../tests/support/lab.ts';
import { blocksFourTimes, child, hasFour, subflowWaits, toldToStop, waitsInTask, worksWhileWaiting } from './fixtures/family-flows.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab(inject('postgres'));
});
afterAll(() => lab.stop());

/** A pool with its own deployment of `child`, and workers of one run each. */
async function family(workers: number, limit?: number) {
  const pool = await lab.pool(limit);
  await lab.deploy(pool, child);
  const started = await Promise.all(Array.from({ length: workers }, () => lab.worker(pool)));
  const stop = async () => {
    await Promise.all(started.map((worker) => worker[Symbol.asyncDispose]()));
  };
  return { pool, workers: started, [Symbol.asyncDispose]: stop };
}

const childrenOf = ({ id }: FlowRun) =>
  lab.client.request('POST /flow_runs/filter', { body: { flow_runs: { parent_flow_run_id: { any_: [id] } }, sort: 'ID_DESC' } });

test('three parents at once on a pool of three, with four children each that each is waited for, all finish', async () => {
  await using its = await family(3, 3);
  const { pool } = its;
  const name = await lab.deploy(pool, blocksFourTimes);
  const runs = await Promise.all([1, 2, 3].map(() => lab.run(name, { pool })));
  for (const run of runs) expect(await lab.result(run)).toEqual(Array(4).fill('COMPLETED'));
  const { active_slots } = await lab.client.request('GET /work_pools/{name}', { params: { name: pool } });
  expect(active_slots).toBe(0);
});

test('a parent that waits says for whom, and its worker runs something else meanwhile', async () => {
  await using its = await family(1);
  const { pool } = its;
  const { id } = await lab.start(await lab.deploy(pool, hasFour), { pool, gateName: 'meanwhile' });
  await lab.gates.arrived('meanwhile');
  const parent = await lab.read(id);
  const children = (await childrenOf(parent)).map((each) => each.id);
  expect(parent.state_type).toBe('RUNNING');
  expect(new Set(parent.waiting_on?.flow_runs)).toEqual(new Set(children));
  lab.gates.open('meanwhile');
  expect(await lab.ended(id)).toMatchObject({ state_type: 'COMPLETED', waiting_on: null, run_count: 1, epoch: 1 });
});

test('a task that starts while its flow has lent its slots waits for them', async () => {
  await using its = await family(1);
  const { pool, workers } = its;
  const { id } = await lab.start(await lab.deploy(pool, worksWhileWaiting), { pool, gateName: 'slots' });
  await Promise.all([lab.gates.arrived('slots'), lab.gates.arrived('slots child')]);
  lab.gates.open('slots');
  await eventually(async () => expect((await lab.read(id)).waiting_on).toEqual({ slot: `worker "${workers[0]?.name}"` }));
  expect(lab.marks(id)).toEqual([]);
  lab.gates.open('slots child');
  await lab.gates.arrived('slots work');
  expect((await lab.read(id)).waiting_on).toBeNull();
  lab.gates.open('slots work');
  expect(await lab.result(await lab.ended(id))).toEqual(['COMPLETED']);
});

test('one worker of one run is enough for several waits at once, and for waits in subflows and in tasks', async () => {
  await using its = await family(1);
  const { pool } = its;
  const several = await lab.run(await lab.deploy(pool, blocksFourTimes), { pool });
  expect(await lab.result(several)).toEqual(Array(4).fill('COMPLETED'));
  const inSubflow = await lab.run(await lab.deploy(pool, subflowWaits), { pool });
  expect(await lab.result(inSubflow)).toBe(42);
  const inTask = await lab.run(await lab.deploy(pool, waitsInTask), { pool });
  expect(inTask.state_type).toBe('COMPLETED');
});

test('cancelling a parent cancels its children, and it stops waiting at once, though others have its slots', async () => {
  await using its = await family(1);
  const { pool } = its;
  const { id } = await lab.start(await lab.deploy(pool, toldToStop), { pool, gateName: 'never opened' });
  await lab.gates.arrived('never opened');
  await lab.cancel(id);
  const parent = await lab.ended(id);
  expect(parent.state).toMatchObject({ type: 'CANCELLED', message: 'The run was cancelled.' });
  expect(lab.marks(id).map(({ text }) => text)).toEqual(['Cancelled']);
  const [only] = await childrenOf(parent);
  expect((await lab.ended(only?.id ?? '')).state_type).toBe('CANCELLED');
});
