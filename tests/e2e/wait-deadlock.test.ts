import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Lab, startLab } from '../support/lab.ts';
import { asksInChild, asksOnce, away, child, holdsAndCalls, holdsWhileAway } from './fixtures/deadlock-flows.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab(inject('postgres'));
  await lab.client.request('POST /concurrency_limits/', { body: { tag: 'db', concurrency_limit: 1 } });
});
afterAll(() => lab.stop());

const childrenOf = (id: string) => lab.client.request('POST /flow_runs/filter', { body: { flow_runs: { parent_flow_run_id: { any_: [id] } } } });

test('a task that holds a slot and waits for a run that queues for it fails with a code that says so, and the run goes on', async () => {
  const pool = await lab.pool();
  await lab.deploy(pool, child);
  await using _worker = await lab.worker(pool);
  const parent = await lab.run(await lab.deploy(pool, asksInChild), { pool });
  const [its] = await childrenOf(parent.id);
  const asks = expect.stringMatching(
    `^This wait can never end: task 'asks-.*' of flow run '${parent.name}' waits for flow run '${its?.name}'; ` +
      `a task of flow run '${its?.name}' needs a slot of the tag "db" \\(limit 1\\), held by task 'asks-.*' of flow run '${parent.name}'\\.$`,
  );
  expect(await lab.result(parent)).toEqual(['WAIT_DEADLOCK', asks]);
  expect((await lab.ended(its?.id ?? '')).state_type).toBe('COMPLETED');
});

test('the same in the flow, outside of the task, is no deadlock', async () => {
  const pool = await lab.pool();
  await lab.deploy(pool, child);
  await using _worker = await lab.worker(pool);
  const parent = await lab.run(await lab.deploy(pool, asksOnce), { pool });
  expect(await lab.result(parent)).toBe('COMPLETED');
});

test('a parent that wants its place back from a run that queues for its slot is told too', async () => {
  const [pool, elsewhere] = [await lab.pool(), await lab.pool()];
  const [other, parents] = await Promise.all([lab.deploy(pool, child), lab.deploy(pool, holdsWhileAway), lab.deploy(elsewhere, away)]);
  await using _worker = await lab.worker(pool);
  await using _elsewhere = await lab.worker(elsewhere);
  const { id } = await lab.start(parents, { pool: elsewhere, gateName: 'away' });
  await lab.gates.arrived('away');
  const queuing = await lab.start(other);
  await lab.until(queuing.id, ({ state_type }) => state_type === 'RUNNING');
  lab.gates.open('away');
  const parent = await lab.ended(id);
  expect(await lab.result(parent)).toBe('WAIT_DEADLOCK');
  expect((await lab.ended(queuing.id)).state_type).toBe('COMPLETED');
});

test('who waits for a run that stands in the queue, for the place of one that queues for its slot, is told too', async () => {
  const [pool, elsewhere] = [await lab.pool(), await lab.pool()];
  const [other, parents] = await Promise.all([lab.deploy(pool, child), lab.deploy(elsewhere, holdsAndCalls), lab.deploy(pool, away)]);
  await using _worker = await lab.worker(pool);
  await using _elsewhere = await lab.worker(elsewhere);
  const { id } = await lab.start(parents, { pool, gateName: 'held' });
  await lab.gates.arrived('held');
  const queuing = await lab.start(other);
  await lab.until(queuing.id, ({ state_type }) => state_type === 'RUNNING');
  lab.gates.open('held');
  const parent = await lab.ended(id);
  expect(await lab.result(parent)).toBe('WAIT_DEADLOCK');
  expect((await lab.ended(queuing.id)).state_type).toBe('COMPLETED');
  const [its] = await childrenOf(parent.id);
  expect((await lab.ended(its?.id ?? '')).state_type).toBe('COMPLETED');
});
