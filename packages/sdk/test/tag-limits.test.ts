import { toMicros } from '@sluice/core/lib/time';
import { ensureConcurrencyLimit } from '@sluice/sdk';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Lab, type LabWorker, startLab } from '../../../tests/support/lab.ts';
import { diesHolding, fiveQueries, holdsByName, queryAgain } from './fixtures/limited-flows.ts';

let lab: Lab;
let pool: string;
let workers: LabWorker[];

beforeAll(async () => {
  lab = await startLab(inject('postgres'));
  pool = await lab.pool();
  workers = await Promise.all([1, 2, 3].map(() => lab.worker(pool)));
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]()));
  await lab.stop();
});

const limitTag = (tag: string, concurrency_limit: number) => lab.client.request('POST /concurrency_limits/', { body: { tag, concurrency_limit } });
const slotsTaken = async () =>
  (await lab.client.request('GET /v2/concurrency_limits/{id_or_name}', { params: { id_or_name: 'tag:db' } })).active_slots;

/** The most that were inside at one time; who leaves at the moment when another enters was out before. */
function mostInside(events: readonly { at: number; by: 1 | -1 }[]): number {
  let inside = 0;
  let most = 0;
  for (const { by } of events.toSorted((a, b) => a.at - b.at || a.by - b.by)) {
    inside += by;
    most = Math.max(most, inside);
  }
  return most;
}

test('five tagged tasks in each of three runs on three workers never run more than two at once', async () => {
  await limitTag('db', 2);
  const name = await lab.deploy(pool, fiveQueries);
  const runs = await Promise.all([1, 2, 3].map(() => lab.run(name)));
  expect(runs.map(({ state_type }) => state_type)).toEqual(Array(3).fill('COMPLETED'));
  expect(new Set(runs.map(({ worker_name }) => worker_name)).size).toBe(3);

  const ids = runs.map(({ id }) => id);
  const taskRuns = await lab.client.request('POST /task_runs/filter', { body: { flow_runs: { id: { any_: ids } } } });
  expect(taskRuns).toHaveLength(15);
  const byStates = await Promise.all(
    taskRuns.map(async ({ id }) => {
      const states = await lab.client.request('GET /task_run_states/', { query: { task_run_id: id } });
      return states.map(({ type, timestamp }) => ({ at: toMicros(timestamp), by: type === 'RUNNING' ? (1 as const) : (-1 as const) }));
    }),
  );
  expect(mostInside(byStates.flat())).toBe(2);
  const marks = lab.marks().filter(({ flow_run_id }) => ids.includes(flow_run_id));
  expect(mostInside(marks.map(({ at, text }) => ({ at, by: text === 'begin' ? 1 : -1 })))).toBe(2);
  expect(await slotsTaken()).toBe(0);
});

test('who waits for a slot has it as soon as it is free, in the order of arrival', async () => {
  await limitTag('db', 1);
  const take = () =>
    lab.client.request(
      'POST /v2/concurrency_limits/increment-with-lease',
      { body: { names: ['tag:db'], slots: 1, lease_duration: 60 } },
      { headers: { prefer: 'wait=30' } },
    );
  const giveBack = ({ lease_id }: { lease_id: string }) =>
    lab.client.request('POST /v2/concurrency_limits/decrement-with-lease', { body: { lease_id } });
  const first = await take();
  const order: string[] = [];
  const waiting = [];
  for (const name of ['second', 'third', 'fourth']) {
    waiting.push(
      take().then(async (lease) => {
        order.push(name);
        await giveBack(lease);
      }),
    );
    await lab.client.request('GET /health'); // what was sent before this has arrived
  }
  expect(await slotsTaken()).toBe(1);
  await giveBack(first);
  await Promise.all(waiting);
  expect(order).toEqual(['second', 'third', 'fourth']);
});

test('a task that is done again takes one slot, not two', async () => {
  await limitTag('db', 1);
  const run = await lab.run(await lab.deploy(pool, queryAgain));
  expect(await lab.result(run)).toBe('answered');
  expect(await slotsTaken()).toBe(0);
});

test('the slot of a killed process is free with its lease, and its run goes on', async () => {
  await limitTag('db', 1);
  const { id } = await lab.start(await lab.deploy(pool, diesHolding), { gateName: 'killed' });
  await lab.gates.arrived('killed');
  const { infrastructure_pid } = await lab.until(id, (run) => run.infrastructure_pid !== null);
  expect(await slotsTaken()).toBe(1);
  process.kill(Number(infrastructure_pid), 'SIGKILL');
  const run = await lab.ended(id);
  expect(run).toMatchObject({ state_type: 'COMPLETED', crash_count: 1 });
  expect(await lab.result(run)).toBe(2);
  expect(await slotsTaken()).toBe(0);
});

test('concurrency() holds slots of a named limit, with a token that grows', async () => {
  process.env['SLUICE_API_URL'] = lab.url;
  await ensureConcurrencyLimit('warehouse', 1);
  await ensureConcurrencyLimit('warehouse', 5); // is there: left as it is
  const name = await lab.deploy(pool, holdsByName);
  const first = await lab.start(name, { gateName: 'warehouse' });
  await lab.gates.arrived('warehouse');
  const second = await lab.start(name);
  await lab.until(second.id, ({ state_type }) => state_type === 'RUNNING');
  lab.gates.open('warehouse');
  const runs = await Promise.all([lab.ended(first.id), lab.ended(second.id)]);
  expect(await Promise.all(runs.map(lab.result))).toEqual([42, 43]);
  const begins = lab.marks(second.id).find(({ text }) => text === 'begin')?.at;
  const ends = lab.marks(first.id).find(({ text }) => text === 'end')?.at;
  expect(begins).toBeGreaterThan(ends ?? 0);
});
