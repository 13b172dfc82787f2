import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Writer } from '../orchestrate/change.ts';
import { flowChange, LEASE_SECONDS, newFlowRun, startTestEngine, type TestEngine, taskChange, taskStep } from '../testing/test-engine.ts';
import {
  expireLease,
  makeDeployment,
  makeFlow,
  makeLimit,
  makePool,
  makeWorker,
  type Place,
  readRun,
  type TestWorker,
} from '../testing/test-records.ts';
import { createReaper } from './reaper.ts';

let engine: TestEngine;
let flow: string;
let place: Place;
let worker: TestWorker;

beforeAll(async () => {
  engine = await startTestEngine(inject('postgres'));
  flow = await makeFlow(engine.sql);
  place = await makePool(engine.sql);
  worker = await makeWorker(engine.sql, place, 100);
});
afterAll(() => engine[Symbol.asyncDispose]());

/** A reaper with a clock of its own: `pass` moves it on and ticks. */
function makeReaper() {
  let now = 0;
  const reaper = createReaper({ ...engine, leaseSeconds: LEASE_SECONDS, everySeconds: 5, clock: () => now });
  return {
    pass: (seconds: number) => {
      now += seconds * 1000;
      return reaper.tick();
    },
  };
}

/** One that has been awake for a full term. */
async function awakeReaper() {
  const reaper = makeReaper();
  for (let seconds = 0; seconds <= LEASE_SECONDS; seconds += 5) await reaper.pass(seconds === 0 ? 0 : 5);
  return reaper;
}

async function claimed(row: Parameters<typeof newFlowRun>[1] = {}): Promise<Writer> {
  const { id } = await engine.door.submit(newFlowRun(flow, { work_queue_id: place.queue_id, ...row }));
  return claimAgain(id);
}

async function claimAgain(id: string): Promise<Writer> {
  const claim = { incarnation_id: worker.id, worker_name: worker.name, worker_limit: 100, lease_seconds: LEASE_SECONDS };
  const { epoch, status } = await engine.door.submit(flowChange(id, 'PENDING', { claim }));
  expect(status).toBe('ACCEPT');
  return { flow_run_id: id, epoch };
}

const start = (writer: Writer) => engine.door.submit(flowChange(writer.flow_run_id, 'RUNNING', { writer }));

describe('a lease', () => {
  test('begins with a claim, goes on with every beat, and ends with the run', async () => {
    const writer = await claimed();
    const { flow_run_id } = writer;
    expect(await readRun(engine.sql, flow_run_id)).toMatchObject({ epoch: 1, worker_name: worker.name, lease: { epoch: 1 } });
    await expireLease(engine.sql, flow_run_id);
    expect(await worker.beat([writer])).toEqual([flow_run_id]);
    expect(await (await awakeReaper()).pass(5)).toEqual({ reaped: 0 });
    await start(writer);
    await engine.door.submit(flowChange(flow_run_id, 'COMPLETED', { writer }));
    expect(await readRun(engine.sql, flow_run_id)).toMatchObject({ type: 'COMPLETED', lease: null });
    expect(await worker.beat([writer]), 'nothing is left to hold').toEqual([]);
  });

  test('is not prolonged by a worker that does not hold it', async () => {
    const writer = await claimed();
    const other = await makeWorker(engine.sql, place);
    expect(await other.beat([writer])).toEqual([]);
    expect(await worker.beat([{ ...writer, epoch: 7 }])).toEqual([]);
  });

  test('that has ended sends its run back to the queue, for the next claim with a higher epoch', async () => {
    const writer = await claimed();
    await start(writer);
    await expireLease(engine.sql, writer.flow_run_id);
    const reaper = await awakeReaper();
    expect(await readRun(engine.sql, writer.flow_run_id)).toMatchObject({
      type: 'SCHEDULED',
      name: 'Requeued',
      message: 'Its worker was silent for too long. Back in the queue: 2 of 3 claims are left.',
      crash_count: 1,
      run_count: 0,
      lease: null,
    });
    expect(await reaper.pass(5)).toEqual({ reaped: 0 });
    expect(await claimAgain(writer.flow_run_id)).toEqual({ ...writer, epoch: 2 });
  });

  test('that a beat has saved at the last moment is kept', async () => {
    const writer = await claimed();
    await expireLease(engine.sql, writer.flow_run_id);
    const reap = flowChange(writer.flow_run_id, 'CRASHED', { reap: true });
    await worker.beat([writer]);
    expect(await engine.door.submit(reap)).toMatchObject({ written: false, state: { type: 'PENDING' } });
  });
});

test('the third loss is the end, and says why', async () => {
  let writer = await claimed();
  for (let claim = 1; claim <= 3; claim++) {
    await start(writer);
    await expireLease(engine.sql, writer.flow_run_id);
    await awakeReaper();
    if (claim < 3) writer = await claimAgain(writer.flow_run_id);
  }
  expect(await readRun(engine.sql, writer.flow_run_id)).toMatchObject({
    type: 'CRASHED',
    message: 'Its worker was silent for too long.',
    epoch: 3,
    crash_count: 3,
    run_count: 1,
    lease: null,
  });
});

test('a deployment says itself how often its runs may be claimed', async () => {
  const once = await makeDeployment(engine.sql, flow, place.queue_id, { job_variables: { max_claims: 1 } });
  const often = await makeDeployment(engine.sql, flow, place.queue_id, { job_variables: { max_claims: 5 } });
  const [first, second] = [await claimed({ deployment_id: once }), await claimed({ deployment_id: often })];
  for (const writer of [first, second]) await engine.door.submit(flowChange(writer.flow_run_id, 'CRASHED', { writer }));
  expect(await readRun(engine.sql, first.flow_run_id)).toMatchObject({ type: 'CRASHED' });
  expect(await readRun(engine.sql, second.flow_run_id)).toMatchObject({ type: 'SCHEDULED', message: expect.stringContaining('4 of 5') });
});

test('a run that was being cancelled when its worker died is CANCELLED', async () => {
  const writer = await claimed();
  await start(writer);
  await engine.door.submit(flowChange(writer.flow_run_id, 'CANCELLING'));
  expect(await readRun(engine.sql, writer.flow_run_id)).toMatchObject({ type: 'CANCELLING', lease: { epoch: 1 } });
  await expireLease(engine.sql, writer.flow_run_id);
  await awakeReaper();
  expect(await readRun(engine.sql, writer.flow_run_id)).toMatchObject({
    type: 'CANCELLED',
    message: 'Its worker was silent for too long while it was being cancelled.',
    lease: null,
  });
});

describe('the reaper takes nothing', () => {
  test('before it has been awake for a full term', async () => {
    const writer = await claimed();
    await expireLease(engine.sql, writer.flow_run_id);
    const reaper = makeReaper();
    for (let seconds = 0; seconds < LEASE_SECONDS; seconds += 5) expect(await reaper.pass(seconds === 0 ? 0 : 5)).toEqual({ reaped: 0 });
    expect(await reaper.pass(5)).toEqual({ reaped: 1 });
  });

  test('for another term after it has slept', async () => {
    const writer = await claimed();
    const reaper = await awakeReaper();
    await expireLease(engine.sql, writer.flow_run_id);
    expect(await reaper.pass(60), 'it could not hear any beat').toEqual({ reaped: 0 });
    for (let seconds = 5; seconds < LEASE_SECONDS; seconds += 5) expect(await reaper.pass(5)).toEqual({ reaped: 0 });
    expect(await reaper.pass(5)).toEqual({ reaped: 1 });
  });

  test('for another term after the database was away', async () => {
    const writer = await claimed();
    let away = false;
    const sql = new Proxy(engine.sql, {
      apply: (target, self, args) => (away ? Promise.reject(new Error('away')) : Reflect.apply(target, self, args)),
    });
    let now = 0;
    const reaper = createReaper({ ...engine, database: { ...engine.database, sql }, leaseSeconds: LEASE_SECONDS, everySeconds: 5, clock: () => now });
    const pass = () => {
      now += 5000;
      return reaper.tick();
    };
    for (let seconds = 0; seconds < LEASE_SECONDS; seconds += 5) await pass();
    await expireLease(engine.sql, writer.flow_run_id);
    away = true;
    await expect(pass()).rejects.toThrow('away');
    away = false;
    for (let seconds = 0; seconds < LEASE_SECONDS; seconds += 5) expect(await pass()).toEqual({ reaped: 0 });
    expect(await pass()).toEqual({ reaped: 1 });
  });
});

describe('a holder that has lost its lease', () => {
  let lost: Writer;
  beforeAll(async () => {
    lost = await claimed();
    await start(lost);
    await expireLease(engine.sql, lost.flow_run_id);
    await awakeReaper();
    await claimAgain(lost.flow_run_id);
  });

  test.each(['RUNNING', 'COMPLETED', 'FAILED', 'CRASHED', 'SCHEDULED', 'CANCELLED'] as const)(
    'cannot make its run %s, not even by force',
    async (type) => {
      for (const force of [false, true]) {
        const outcome = await engine.door.submit(flowChange(lost.flow_run_id, type, { writer: lost, force }));
        expect(outcome).toMatchObject({ status: 'ABORT', written: false, reason: 'Epoch 1 of this run is over: its lease was lost or given back.' });
      }
      expect(await readRun(engine.sql, lost.flow_run_id)).toMatchObject({ type: 'PENDING', epoch: 2 });
    },
  );

  test('cannot start a task, and leaves none behind', async () => {
    const step = taskStep(lost.flow_run_id, {}, { writer: lost });
    expect(await engine.door.submit(step)).toMatchObject({ status: 'ABORT', created: false, state: null });
    const made = taskStep(lost.flow_run_id, {}, { writer: lost, step: false, proposed: { type: 'PENDING' } });
    expect(await engine.door.submit(made)).toMatchObject({ status: 'ABORT', created: false });
    expect(await engine.sql`select from task_run where id in (${step.id}, ${made.id})`).toHaveLength(0);
  });

  test('cannot end a task that its run has now', async () => {
    const now = await claimed();
    await start(now);
    const { id } = await engine.door.submit(taskStep(now.flow_run_id, {}, { writer: now }));
    expect(await engine.door.submit(taskChange(id, 'COMPLETED', { writer: { ...now, epoch: 7 } }))).toMatchObject({ status: 'ABORT' });
    expect(await engine.door.submit(taskChange(id, 'COMPLETED', { writer: now }))).toMatchObject({ status: 'ACCEPT' });
  });

  test('cannot start a child flow run, and leaves none behind', async () => {
    const child = newFlowRun(flow, {}, { writer: lost });
    expect(await engine.door.submit(child)).toMatchObject({ status: 'ABORT', created: false });
    expect(await engine.sql`select from flow_run where id = ${child.id}`).toHaveLength(0);
  });

  test('takes no slots', async () => {
    await makeLimit(engine.sql, 'fenced', 1);
    const request = { names: ['fenced'], slots: 1, mode: 'concurrency' as const, lease_seconds: 60, holder: null, token_above: null };
    await expect(engine.slots.tryAcquire({ ...request, writer: lost })).rejects.toMatchObject({ code: 'LEASE_EXPIRED' });
    await expect(engine.slots.acquire({ ...request, writer: lost }, new AbortController().signal)).rejects.toMatchObject({ code: 'LEASE_EXPIRED' });
  });

  test('does not lend what it has not, and cannot take it back', async () => {
    expect(await engine.lending.lend(lost, [])).toBe(false);
    const resumed = engine.lending.resume(lost, new AbortController().signal);
    await engine.lending.resumeAll();
    expect(await resumed).toBe('lost');
  });
});

test('a worker that drains gives its runs back: no retry and no claim is used up', async () => {
  const writer = await claimed({ empirical_policy: { max_retries: 0, retry_delay_seconds: 0, retries: 1 } });
  await start(writer);
  const outcome = await engine.door.submit(flowChange(writer.flow_run_id, 'SCHEDULED', { writer }));
  expect(outcome).toMatchObject({ status: 'ACCEPT' });
  expect(await readRun(engine.sql, writer.flow_run_id)).toMatchObject({ type: 'SCHEDULED', run_count: 0, crash_count: 0, lease: null });
  expect(await claimAgain(writer.flow_run_id)).toMatchObject({ epoch: 2 });
});

test('a run whose pool was deleted meanwhile is still its worker’s, and crashes when that dies: nobody could take it up again', async () => {
  const doomed = await makePool(engine.sql);
  const deployment_id = await makeDeployment(engine.sql, flow, doomed.queue_id);
  const writer = await claimed({ work_queue_id: doomed.queue_id, deployment_id });
  await start(writer);
  await engine.sql`delete from work_pool where id = ${doomed.pool_id}`;
  await engine.sql`delete from deployment where id = ${deployment_id}`;
  expect(await worker.beat([writer])).toEqual([writer.flow_run_id]);
  await expireLease(engine.sql, writer.flow_run_id);
  await awakeReaper();
  expect(await readRun(engine.sql, writer.flow_run_id)).toMatchObject({ type: 'CRASHED', lease: null });
});

test('one run that cannot be reaped does not keep the others from it', async () => {
  const writers = [await claimed(), await claimed()];
  for (const { flow_run_id } of writers) await expireLease(engine.sql, flow_run_id);
  const reaper = makeReaper();
  for (let seconds = 0; seconds < LEASE_SECONDS; seconds += 5) await reaper.pass(5);
  await engine.sql`delete from flow_run where id = ${writers[0]?.flow_run_id as string}`;
  expect(await reaper.pass(5)).toEqual({ reaped: 1 });
});
