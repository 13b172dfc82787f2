import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Lab, type LabWorker, startLab } from '../../../tests/support/lab.ts';
import { addUp } from './fixtures/basic-flows.ts';
import { givesUp, names, watches } from './fixtures/callback-flows.ts';

let lab: Lab;
let pool: string;
let worker: LabWorker;

beforeAll(async () => {
  lab = await startLab(inject('postgres'));
  pool = await lab.pool();
  worker = await lab.worker(pool, { limit: 2, loggingLevel: 'INFO' });
});
afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await lab.stop();
});

test('an onProgress that fails after it has returned is told of, and harms nothing', async () => {
  const child = await lab.deploy(pool, addUp, { params: { a: 1 } });
  const run = await lab.run(await lab.deploy(pool, watches), { deployment: child });
  expect(await lab.result(run)).toBe('COMPLETED');
  expect((await lab.log(run)).join('\n')).toContain('onProgress failed: only tells');
});

test('a runName that makes a promise is told of, and the run has another name', async () => {
  const run = await lab.run(await lab.deploy(pool, names));
  expect(await lab.result(run)).toBe('well');
  expect((await lab.log(run)).join('\n')).toContain('runName returned a promise');
  const [{ name } = {}] = await lab.client.request('POST /task_runs/filter', { body: { flow_runs: { id: { any_: [run.id] } } } });
  expect(name).toMatch(/^named-/);
});

test('a task that runs out of time while it queues for a slot leaves the queue, whatever signal it has given', async () => {
  await lab.client.request('POST /v2/concurrency_limits/', { body: { name: 'busy', limit: 1 } });
  const run = await lab.run(await lab.deploy(pool, givesUp), { name: 'busy' });
  expect(await lab.result(run)).toMatch(/took longer than 0.5 s/);
  expect(lab.marks(run.id)).toEqual([]);
});
