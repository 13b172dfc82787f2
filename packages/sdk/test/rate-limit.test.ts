import { rateLimit } from '@sluice/sdk';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Lab, type LabWorker, startLab } from '../../../tests/support/lab.ts';
import { asksWrongly, callsOften } from './fixtures/rated-flows.ts';

let lab: Lab;
let pool: string;
let worker: LabWorker;

beforeAll(async () => {
  lab = await startLab(inject('postgres'), { api_key: 'key-of-the-server' });
  pool = await lab.pool();
  worker = await lab.worker(pool, { limit: 2 });
});
afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await lab.stop();
});

const limit = (name: string, limit: number, slot_decay_per_second: number) =>
  lab.client.request('POST /v2/concurrency_limits/', { body: { name, limit, slot_decay_per_second } });

test('slots are free again by themselves, and those of a run that has ended count as long as others', async () => {
  await Promise.all([limit('fast', 1, 20), limit('slow', 2, 0.001)]);
  const name = await lab.deploy(pool, callsOften);
  const [fast, slow] = await Promise.all([lab.run(name, { name: 'fast', times: 3 }), lab.run(name, { name: 'slow', times: 2 })]);
  expect([fast, slow].map(({ id }) => lab.marks(id).length)).toEqual([3, 2]);
  const late = await lab.run(name, { name: 'slow', times: 1, timeout: 0.2 });
  expect(late.state).toMatchObject({ type: 'FAILED', message: 'It took longer than 0.2 s.' });
  expect(lab.marks(late.id)).toEqual([]);
});

test('what cannot be had is told: a limit without decay, or that is not there, and a time that is over', async () => {
  await Promise.all([limit('rated', 1, 0.001), limit('steady', 1, 0)]);
  const run = await lab.run(await lab.deploy(pool, asksWrongly), { rated: 'rated', steady: 'steady' });
  expect(await lab.result(run)).toEqual([
    expect.stringMatching(/Only concurrency limits with slot decay can be used for rate limiting.*'steady'/),
    'done',
    expect.stringMatching(/There is no concurrency limit of this name: no such limit\./),
    'TimedOut: It took longer than 0.1 s.',
    expect.stringContaining('slots is 0, but takes a whole number from 1'),
    expect.stringMatching(/There is no concurrency limit of this name: no such limit\./),
    'TimedOut: It took longer than 0.1 s.',
  ]);
  await expect(rateLimit('api')).rejects.toThrow('rateLimit() was called outside of a flow');
});
