import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import type { Wanted } from '../store/candidates.ts';
import { textOf } from '../store/records.ts';
import { heartbeat } from '../store/workers.ts';
import { newFlowRun, startTestEngine, type TestEngine } from '../testing/test-engine.ts';
import { makeFlow, makePool, type Place } from '../testing/test-records.ts';
import { createHeldPolls, type HeldPolls } from './held-polls.ts';

let engine: TestEngine;
let flow: string;
let pool: Place;
let polls: HeldPolls;

beforeAll(async () => {
  engine = await startTestEngine(inject('postgres'));
  flow = await makeFlow(engine.sql);
});
afterAll(() => engine[Symbol.asyncDispose]());
beforeEach(async () => {
  pool = await makePool(engine.sql);
  polls = createHeldPolls(engine);
});

const online = (...names: string[]) => Promise.all(names.map((name) => heartbeat(engine.sql, engine.newId(), pool.pool_id, name, 30)));
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

/** What a worker asks, and the ids of the runs that it is told of. */
async function poll(wanted: Partial<Wanted> = {}, signal = new AbortController().signal): Promise<string[]> {
  const worker = { queues: null, before: inSeconds(10), after: null, limit: 200, except: null, ...wanted };
  const json = await textOf(await polls.poll(pool.pool_id, worker, signal));
  return (JSON.parse(json) as { flow_run: { id: string } }[]).map(({ flow_run }) => flow_run.id);
}

const held = (count: number) => expect.poll(() => polls.waiting()).toBe(count);

/** A run that is made, and told of as the server tells of it. */
async function makeRun(at?: string): Promise<string> {
  const { id } = await engine.door.submit(
    newFlowRun(flow, { work_queue_id: pool.queue_id }, at ? { proposed: { type: 'SCHEDULED', state_details: { scheduled_time: at } } } : {}),
  );
  return id;
}

test('a poll that finds nothing is answered by the run that is made meanwhile', async () => {
  await online('one');
  const polled = poll();
  await held(1);
  const id = await makeRun();
  expect(await polled).toEqual([id]);
  expect(polls.waiting()).toBe(0);
});

test('what is due is told at once', async () => {
  await online('one');
  const id = await makeRun();
  expect(await poll()).toEqual([id]);
});

test('of polls that are held each gets runs of its own', async () => {
  polls = createHeldPolls({ ...engine, takeMs: 60_000 });
  await online('one', 'two');
  const first = poll();
  await held(1);
  const second = poll();
  await held(2);
  const made = await makeRun();
  expect(await first).toEqual([made]);
  expect(polls.waiting()).toBe(1);
  const next = await makeRun();
  expect(await second).toEqual([next]);
});

test('a run that its worker has not taken goes to the next one', async () => {
  await online('full', 'free');
  const full = poll();
  await held(1);
  const free = poll();
  const id = await makeRun();
  expect([await full, await free]).toEqual([[id], [id]]);
});

test('a run that comes by the clock alone is told of when it is near', async () => {
  await online('one');
  const id = await makeRun(inSeconds(11));
  expect(await poll()).toEqual([id]);
});

test('a poll is answered at once when there is no worker of Prefect that could have sent it', async () => {
  expect(await poll()).toEqual([]);
  await online('one');
  const polled = poll();
  await held(1);
  expect(await poll(), 'a second one, of one worker').toEqual([]);
  const id = await makeRun();
  expect(await polled).toEqual([id]);
});

test.each([
  ['ahead', { before: inSeconds(3600) }],
  ['without a time', { before: null }],
])('who looks %s is answered at once', async (_how, wanted) => {
  await online('one');
  expect(await poll(wanted)).toEqual([]);
});

test('a poll whose client hangs up, or that has waited for long enough, ends without a run', async () => {
  await online('one');
  const hangUp = new AbortController();
  const polled = poll({}, hangUp.signal);
  await held(1);
  hangUp.abort();
  expect(await polled).toEqual([]);
  expect(polls.waiting()).toBe(0);
  polls = createHeldPolls({ ...engine, holdMs: 1 });
  expect(await poll()).toEqual([]);
});

test('another queue’s run answers no poll', async () => {
  await online('one', 'two');
  const stop = new AbortController();
  const elsewhere = poll({ queues: ['another'] }, stop.signal);
  await held(1);
  const here = poll({ queues: ['default'] });
  await held(2);
  const id = await makeRun();
  expect(await here).toEqual([id]);
  stop.abort();
  expect(await elsewhere).toEqual([]);
});
