import type { FlowRun } from '@sluice/core/model/flow-run';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Lab, type LabWorker, startLab } from '../../../tests/support/lab.ts';
import { asks, forgets, hashes, killedAfterCached, refreshes } from './fixtures/cached-flows.ts';

let lab: Lab;
let pool: string;
let workers: LabWorker[];

beforeAll(async () => {
  lab = await startLab(inject('postgres'));
  pool = await lab.pool();
  workers = [await lab.worker(pool, { loggingLevel: 'INFO' }), await lab.worker(pool)];
});
afterAll(async () => {
  for (const worker of workers) await worker[Symbol.asyncDispose]();
  await lab.stop();
});

const marksOf = ({ id }: FlowRun) => lab.marks(id).map(({ text }) => text);
const taskRunsOf = ({ id }: FlowRun) => lab.client.request('POST /task_runs/filter', { body: { flow_runs: { id: { any_: [id] } } } });

test('a result is taken by another run in another process, as it was, and the task run is Cached', async () => {
  const name = await lab.deploy(pool, asks);
  const first = await lab.run(name, { key: 'a', value: 1 });
  const second = await lab.run(name, { key: 'a', value: 2 });
  const other = await lab.run(name, { key: 'b', value: 2 });
  expect(await Promise.all([first, second, other].map(lab.result))).toMatchObject([{ value: 1 }, { value: 1, isDate: true }, { value: 2 }]);
  expect([first, second, other].map(marksOf)).toEqual([['computed 1', 'Completed'], ['Cached'], ['computed 2', 'Completed']]);
  expect(await taskRunsOf(second)).toMatchObject([{ state_type: 'COMPLETED', state_name: 'Cached', state: { state_details: { cache_key: 'a' } } }]);
  const [{ pid: one } = {}, { pid: two } = {}] = [...lab.marks(first.id), ...lab.marks(second.id).slice(-1)].filter(
    ({ text }) => text !== 'Completed',
  );
  expect(one).not.toBe(two);
});

test('a large result is taken too', async () => {
  const name = await lab.deploy(pool, asks);
  const runs = [await lab.run(name, { key: 'large', value: 3 }), await lab.run(name, { key: 'large', value: 4 })];
  expect(await Promise.all(runs.map(lab.result))).toEqual(Array(2).fill({ value: 3, isDate: true, length: 100_000 }));
});

test('a task that refreshes runs, and its result is the one that is taken afterwards', async () => {
  const [asked, refreshed] = [await lab.deploy(pool, asks), await lab.deploy(pool, refreshes)];
  await lab.run(asked, { key: 'r', value: 1 });
  expect(await lab.result(await lab.run(refreshed, { key: 'r', value: 2 }))).toBe(2);
  expect(await lab.result(await lab.run(asked, { key: 'r', value: 5 }))).toMatchObject({ value: 2 });
});

test('a result that has expired is not taken', async () => {
  const name = await lab.deploy(pool, forgets);
  await lab.run(name, { key: 'short', value: 1 });
  await eventually(async () => expect(await lab.result(await lab.run(name, { key: 'short', value: 2 }))).toBe(2));
});

test('a run that is done again has what it took, though the cache has another result now', async () => {
  const [asked, killed, refreshed] = [await lab.deploy(pool, asks), await lab.deploy(pool, killedAfterCached), await lab.deploy(pool, refreshes)];
  await lab.run(asked, { key: 'k', value: 1 });
  const { id } = await lab.start(killed, { key: 'k', value: 2 });
  await lab.gates.arrived('killed after');
  await lab.run(refreshed, { key: 'k', value: 3 });
  lab.gates.open('killed after');
  const run = await lab.ended(id);
  expect(run.epoch).toBe(2);
  expect(await lab.result(run)).toBe(1);
});

test('taskInputHash tells inputs apart; a key that cannot be made costs the cache, not the work, and is logged', async () => {
  const name = await lab.deploy(pool, hashes);
  const runs = [await lab.run(name, { n: 1 }), await lab.run(name, { n: 1 }), await lab.run(name, { n: 2 })];
  expect(await Promise.all(runs.map(lab.result))).toEqual([
    [2, 'done without'],
    [2, 'done without'],
    [4, 'done without'],
  ]);
  expect(runs.flatMap(marksOf)).toEqual(['hashed 1', 'hashed 2']);
});

test('what another client has kept under the key is not taken for a result', async () => {
  const { id: flow_id } = await lab.client.request('POST /flows/', { body: { name: 'of-another-client' } });
  const { id: flow_run_id } = await lab.client.request('POST /flow_runs/', { body: { flow_id, state: { type: 'RUNNING' } } });
  const { id } = await lab.client.request('POST /task_runs/', { body: { flow_run_id, task_key: 't', dynamic_key: '0' } });
  const states = [{ type: 'RUNNING' as const }, { type: 'COMPLETED' as const, data: { type: 'reference' }, state_details: { cache_key: 'theirs' } }];
  for (const state of states) await lab.client.request('POST /task_runs/{id}/set_state', { params: { id }, body: { state } });
  const taken = await lab.run(await lab.deploy(pool, asks), { key: 'theirs', value: 1 });
  expect(taken.state).toMatchObject({ type: 'FAILED', message: expect.stringContaining("under the key 'theirs' was written by another client") });
});
