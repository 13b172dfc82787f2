import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Lab, startLab } from '../support/lab.ts';
import {
  awaitedByChild,
  awaitsRun,
  callsItsLike,
  chain,
  chainToo,
  holdsAndCalls,
  holdsAndTakes,
  holdsForPool,
  needs,
  waitsBesideAQueue,
} from './fixtures/circle-flows.ts';

let lab: Lab;
const DEADLOCK = expect.stringMatching(/^WAIT_DEADLOCK: This wait can never end: .* needs .*, held by .*\.$/);

beforeAll(async () => {
  lab = await startLab(inject('postgres'));
  await lab.client.request('POST /concurrency_limits/', { body: { tag: 'one', concurrency_limit: 1 } });
});
afterAll(() => lab.stop());

const limit = (name: string, size = 1) => lab.client.request('POST /v2/concurrency_limits/', { body: { name, limit: size } });
const childrenOf = (id: string) => lab.client.request('POST /flow_runs/filter', { body: { flow_runs: { parent_flow_run_id: { any_: [id] } } } });

/** The results of a run, and of all that it started, from the first to the last. */
async function results(id: string): Promise<unknown[]> {
  const run = await lab.ended(id);
  const [child] = await childrenOf(id);
  return [await lab.result(run), ...(child ? await results(child.id) : [])];
}

test.each(['task', 'deeper', 'subflow'] as const)(
  'a task that holds the slot which a task needs that it calls is told, and the flow goes on: %s',
  async (way) => {
    const pool = await lab.pool();
    await using _worker = await lab.worker(pool);
    const run = await lab.run(await lab.deploy(pool, callsItsLike), { way });
    expect(await lab.result(run)).toEqual([DEADLOCK, 'done']);
  },
);

describe('a deployment’s limit', () => {
  test('of one, whose run runs itself and waits', async () => {
    const pool = await lab.pool();
    const name = await lab.deploy(pool, chain, { concurrencyLimit: 1 });
    await using _worker = await lab.worker(pool, { limit: 5 });
    const { id } = await lab.start(name, { next: [name] });
    expect(await results(id)).toEqual([DEADLOCK, 'last']);
  });

  test('A runs B runs A', async () => {
    const pool = await lab.pool();
    const [a, b] = [await lab.deploy(pool, chain, { concurrencyLimit: 1 }), await lab.deploy(pool, chainToo, { concurrencyLimit: 1 })];
    await using _worker = await lab.worker(pool, { limit: 5 });
    const { id } = await lab.start(a, { next: [b, a] });
    expect(await results(id)).toEqual(['fine', DEADLOCK, 'last']);
  });
});

describe('slots of concurrency()', () => {
  test('of two limits, taken in opposite order: one of the runs is told, and both end', async () => {
    const pool = await lab.pool();
    await Promise.all([limit('left'), limit('right')]);
    const name = await lab.deploy(pool, holdsAndTakes);
    await using _worker = await lab.worker(pool, { limit: 2 });
    const one = await lab.start(name, { first: 'left', second: 'right', gateName: 'opposite-1' });
    const two = await lab.start(name, { first: 'right', second: 'left', gateName: 'opposite-2' });
    await Promise.all([lab.gates.arrived('opposite-1'), lab.gates.arrived('opposite-2')]);
    lab.gates.open('opposite-1');
    lab.gates.open('opposite-2');
    const ends = await Promise.all([one, two].map(async ({ id }) => lab.result(await lab.ended(id))));
    expect(ends.sort()).toEqual([DEADLOCK, 'fine']);
  });

  test('that a body holds while it waits for a run that needs them', async () => {
    const pool = await lab.pool();
    await limit('narrow');
    const child = await lab.deploy(pool, needs);
    await using _worker = await lab.worker(pool, { limit: 2 });
    const { id } = await lab.start(await lab.deploy(pool, holdsAndCalls), { name: 'narrow', deployment: child });
    expect(await results(id)).toEqual([DEADLOCK, 'had it']);
  });

  test('of more than one slot, where somebody can go on: nobody is told', async () => {
    const pool = await lab.pool();
    await limit('wide', 2);
    const child = await lab.deploy(pool, needs);
    await using _worker = await lab.worker(pool, { limit: 2 });
    const { id } = await lab.start(await lab.deploy(pool, holdsAndCalls), { name: 'wide', deployment: child });
    expect(await results(id)).toEqual(['fine', 'had it']);
  });
});

test('a pool of one slot, whose holder cannot lend since its task queues', async () => {
  const [narrow, elsewhere] = [await lab.pool(1), await lab.pool()];
  const child = await lab.deploy(narrow, chain);
  await using _worker = await lab.worker(narrow, { limit: 3 });
  await using _elsewhere = await lab.worker(elsewhere);
  const holds = await lab.start(await lab.deploy(elsewhere, holdsForPool), { deployment: child, gateName: 'holds' });
  await lab.gates.arrived('holds');
  const keeps = await lab.start(await lab.deploy(narrow, waitsBesideAQueue), { deployment: child, gateName: 'keeps' });
  await lab.gates.arrived('keeps');
  lab.gates.open('keeps');
  lab.gates.open('holds');
  expect(await lab.result(await lab.ended(holds.id))).toEqual(DEADLOCK);
  expect(await lab.result(await lab.ended(keeps.id))).toEqual(['COMPLETED', 'done']);
});

describe('a run that is waited for by id,', () => {
  const WAITS = expect.stringMatching(/^WAIT_DEADLOCK: This wait can never end: flow run '.*' waits for flow run '.*'.*\.$/);

  test.each([false, true])('which is the one that waits, in a task: %s', async (inTask) => {
    const pool = await lab.pool();
    await using _worker = await lab.worker(pool);
    const run = await lab.run(await lab.deploy(pool, awaitsRun), { inTask });
    expect(await lab.result(run)).toEqual(expect.stringMatching(/^WAIT_DEADLOCK: This wait can never end: .* waits for flow run '.*'/));
  });

  test('which is the parent of the one that waits', async () => {
    const pool = await lab.pool();
    const child = await lab.deploy(pool, awaitsRun);
    await using _worker = await lab.worker(pool, { limit: 2 });
    const { id } = await lab.start(await lab.deploy(pool, awaitedByChild), { deployment: child });
    expect((await results(id)).sort()).toEqual([WAITS, 'fine']);
  });
});
