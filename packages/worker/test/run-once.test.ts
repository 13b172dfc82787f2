import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Lab, startLab } from '../../../tests/support/lab.ts';
import { standsAt, tellsProcess, waitsForStanding } from './fixtures/worker-flows.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab(inject('postgres'));
  process.env['SLUICE_API_URL'] = lab.url;
});
afterAll(() => lab.stop());

test('a worker that runs once runs all that is due, one after the other when it has one place, and ends', async () => {
  const pool = await lab.pool();
  const name = await lab.deploy(pool, tellsProcess);
  const due = await Promise.all([1, 2, 3].map(() => lab.start(name)));
  const scheduled_time = new Date(Date.now() + 3_600_000).toISOString();
  const later = await lab.start(name, {}, { state: { type: 'SCHEDULED', state_details: { scheduled_time } } } as object);
  const worker = await lab.worker(pool, { isOnce: true });
  await worker.ended;
  for (const { id } of due) expect(await lab.read(id)).toMatchObject({ state_type: 'COMPLETED', worker_name: worker.name });
  expect(await lab.read(later.id)).toMatchObject({ state_type: 'SCHEDULED' });
});

test('a worker that runs once ends at once when nothing is due', async () => {
  const pool = await lab.pool();
  const worker = await lab.worker(pool, { isOnce: true });
  await worker.ended;
  expect(worker.events).toEqual(['online']);
});

test('a worker that runs once runs the runs too that its runs wait for', async () => {
  const pool = await lab.pool();
  const deployment = await lab.deploy(pool, standsAt);
  lab.gates.open('once');
  const { id } = await lab.start(await lab.deploy(pool, waitsForStanding), { deployment, gateName: 'once' });
  const worker = await lab.worker(pool, { isOnce: true });
  await worker.ended;
  const parent = await lab.read(id);
  expect(parent).toMatchObject({ state_type: 'COMPLETED', worker_name: worker.name });
  expect(await lab.result(parent)).toBe('COMPLETED');
});

test('a worker that runs once leaves what waits for a slot of somebody else', async () => {
  const pool = await lab.pool(1);
  const name = await lab.deploy(pool, standsAt);
  await using _other = await lab.worker(pool);
  await lab.start(name, { gateName: 'taken' });
  await lab.gates.arrived('taken');
  const { id } = await lab.start(name, { gateName: 'taken' });
  const worker = await lab.worker(pool, { isOnce: true });
  await worker.ended;
  expect(await lab.read(id)).toMatchObject({ state_type: 'SCHEDULED' });
  lab.gates.open('taken');
  await lab.ended(id);
});
