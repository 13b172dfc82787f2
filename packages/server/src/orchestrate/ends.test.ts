import type { StateCreate } from '@sluice/core/model/state';
import { FINAL_STATE_TYPES, STATE_TYPES } from '@sluice/core/model/state-type';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { pgArray } from '../db/pg-array.ts';
import { createReaper } from '../services/reaper.ts';
import { deleteFlowRuns } from '../store/delete-runs.ts';
import { lockElsewhere } from '../testing/lock-elsewhere.ts';
import { flowChange, LEASE_SECONDS, newFlowRun, startTestEngine, type TestEngine, taskChange, taskStep } from '../testing/test-engine.ts';
import { expireLease, makeDeployment, makeFlow, makeLimit, makePool, makeWorker, readRun } from '../testing/test-records.ts';

let engine: TestEngine;
let flow: string;

beforeAll(async () => {
  engine = await startTestEngine(inject('postgres'));
  flow = await makeFlow(engine.sql);
});
afterAll(() => engine[Symbol.asyncDispose]());

const OPEN = STATE_TYPES.filter((type) => !(FINAL_STATE_TYPES as readonly string[]).includes(type));

async function running(row: Parameters<typeof newFlowRun>[1] = {}): Promise<string> {
  const { id } = await engine.door.submit(newFlowRun(flow, row));
  await engine.door.submit(flowChange(id, 'RUNNING'));
  return id;
}

const end = (id: string, proposed: StateCreate, force = false) => engine.door.submit(flowChange(id, proposed.type, { proposed, force }));

async function taskRun(flowRunId: string, proposed: StateCreate = { type: 'RUNNING' }): Promise<string> {
  const { id } = await engine.door.submit(taskStep(flowRunId));
  if (proposed.type !== 'RUNNING') await engine.door.submit(taskChange(id, proposed.type, { proposed, force: true }));
  return id;
}

/** A child flow run and the task run that stands for it. */
async function child(flowRunId: string, row: Parameters<typeof newFlowRun>[1] = {}): Promise<{ id: string; task: string }> {
  const task = await taskRun(flowRunId, { type: 'PENDING' });
  return { id: await running({ parent_task_run_id: task, ...row }), task };
}

async function readTask(id: string) {
  const [row] = await engine.sql<{ type: string; message: string | null; states: number }[]>`
    select t.state_type as type, s.message, (select count(*)::integer from task_run_state x where x.task_run_id = t.id) as states
    from task_run t left join task_run_state s on s.id = t.state_id where t.id = ${id}`;
  return row;
}

const ENDS = [
  ['COMPLETED', 'CANCELLED', 'completed before it had ended.'],
  ['FAILED', 'CANCELLED', 'failed before it had ended.'],
  ['CANCELLED', 'CANCELLED', 'was cancelled before it had ended.'],
  ['CRASHED', 'CRASHED', 'crashed.'],
] as const;

describe.each(ENDS)('a flow run that ends as %s', (type, becomes, words) => {
  test.each([{ force: false }, { force: true }])('ends each of its task runs as %j, and no other run’s', async ({ force }) => {
    const [id, other] = await Promise.all([running(), running()]);
    const open = await Promise.all(OPEN.map((state) => taskRun(id, { type: state })));
    const done = await Promise.all(FINAL_STATE_TYPES.map((state) => taskRun(id, { type: state })));
    const elsewhere = await taskRun(other);
    await end(id, { type }, force);
    for (const task of open) expect(await readTask(task)).toMatchObject({ type: becomes, message: `Its flow run ${words}` });
    expect(await Promise.all(done.map(readTask))).toMatchObject(FINAL_STATE_TYPES.map((state) => ({ type: state, states: 2 })));
    expect(await readTask(elsewhere)).toMatchObject({ type: 'RUNNING' });
  });

  test('ends its subflows, and theirs, with all of their task runs; not a child that has a process of its own', async () => {
    const id = await running();
    const [subflow, deployed] = await Promise.all([child(id), child(id, { deployment_id: await makeDeployment(engine.sql, flow, null) })]);
    const inner = await child(subflow.id);
    const task = await taskRun(inner.id);
    await end(id, { type });
    const inward = becomes === 'CRASHED' ? 'crashed.' : 'was cancelled before it had ended.';
    for (const [each, said] of [
      [subflow, words],
      [inner, inward],
    ] as const) {
      const wanted = { type: becomes, message: `Its parent ${said}` };
      expect(await readRun(engine.sql, each.id)).toMatchObject(wanted);
      expect(await readTask(each.task), 'it shows its subflow').toMatchObject(wanted);
    }
    expect(await readTask(task)).toMatchObject({ type: becomes, message: `Its flow run ${inward}` });
    // It is told to cancel when its parent is, and ends when its own process has.
    expect(['RUNNING', 'CANCELLING']).toContain((await readRun(engine.sql, deployed.id)).type);
    expect(['RUNNING', 'CANCELLING']).toContain((await readTask(deployed.task))?.type);
  });
});

test('a run that is cancelled while it waits in the queue takes along what its lost process left open', async () => {
  const id = await running();
  const task = await taskRun(id);
  await end(id, { type: 'SCHEDULED' }, true);
  expect(await readTask(task), 'another process goes on with it').toMatchObject({ type: 'RUNNING' });
  await end(id, { type: 'CANCELLING' });
  expect(await readRun(engine.sql, id)).toMatchObject({ type: 'CANCELLED' });
  expect(await readTask(task)).toMatchObject({ type: 'CANCELLED' });
});

test('a task that starts at the moment in which its flow run ends does not outlive it', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, () => running()));
  const ends = await Promise.all(
    ids.flatMap((id) => [engine.door.submit(taskStep(id)), end(id, { type: 'COMPLETED' }), engine.door.submit(taskStep(id)).catch(() => null)]),
  );
  expect(ends.filter((outcome) => outcome?.status === 'ACCEPT').length).toBeGreaterThan(20);
  const [row] = await engine.sql<[{ open: number }]>`
    select count(*)::integer as open from task_run where flow_run_id = any(${pgArray(ids)}::uuid[]) and state_type not in ('COMPLETED', 'CANCELLED')`;
  expect(row.open).toBe(0);
});

test('an end waits for a task run that somebody else holds, and takes it along then', async () => {
  const id = await running();
  const task = await taskRun(id);
  const { release } = await lockElsewhere(engine.databaseUrl, 'task_run', task);
  const ending = end(id, { type: 'COMPLETED' });
  for (let index = 0; index < 3; index++) await running();
  expect(await readRun(engine.sql, id)).toMatchObject({ type: 'RUNNING' });
  await release();
  expect(await ending).toMatchObject({ status: 'ACCEPT' });
  expect(await readTask(task)).toMatchObject({ type: 'CANCELLED' });
});

test('slots of a task that is ended with its flow run are free', async () => {
  const limit = await makeLimit(engine.sql, 'tag:ends', 1);
  const id = await running();
  await engine.door.submit(taskStep(id, { tags: ['ends'] }));
  const taken = () => engine.sql`select from concurrency_slot where concurrency_limit_id = ${limit}`;
  expect(await taken()).toHaveLength(1);
  await end(id, { type: 'FAILED' });
  expect(await taken()).toHaveLength(0);
});

test('what a killed process left open stays for the next one, and ends with the last', async () => {
  const place = await makePool(engine.sql);
  const worker = await makeWorker(engine.sql, place, 10);
  let now = 0;
  const reaper = createReaper({ ...engine, leaseSeconds: LEASE_SECONDS, everySeconds: 5, clock: () => now });
  for (; now <= LEASE_SECONDS * 1000; now += 5000) await reaper.tick();
  const { id } = await engine.door.submit(newFlowRun(flow, { work_queue_id: place.queue_id }));
  const claim = { incarnation_id: worker.id, worker_name: worker.name, worker_limit: 10, lease_seconds: LEASE_SECONDS };
  let subflow: { id: string; task: string } | undefined;
  let waits = '';
  for (let life = 1; life <= 3; life++) {
    expect(await engine.door.submit(flowChange(id, 'PENDING', { claim }))).toMatchObject({ status: 'ACCEPT', epoch: life });
    await engine.door.submit(flowChange(id, 'RUNNING', { writer: { flow_run_id: id, epoch: life } }));
    subflow ??= await child(id);
    waits ||= await taskRun(id, { type: 'SCHEDULED', name: 'AwaitingRetry' });
    expect(await readRun(engine.sql, subflow.id)).toMatchObject({ type: 'RUNNING' });
    await expireLease(engine.sql, id);
    now += 5000;
    expect(await reaper.tick()).toEqual({ reaped: 1 });
  }
  expect(await readRun(engine.sql, id)).toMatchObject({ type: 'CRASHED' });
  expect(await readRun(engine.sql, subflow?.id ?? '')).toMatchObject({ type: 'CRASHED', message: 'Its parent crashed.' });
  expect(await readTask(subflow?.task ?? '')).toMatchObject({ type: 'CRASHED' });
  expect(await readTask(waits)).toMatchObject({ type: 'CRASHED', message: 'Its flow run crashed.' });
});

test('a running flow run that is deleted leaves no subflow behind', async () => {
  const id = await running();
  const subflow = await child(id);
  const inner = await child(subflow.id);
  const { flow_runs } = await engine.database.transaction((sql) => deleteFlowRuns(sql, { id }));
  expect([...flow_runs].sort()).toEqual([id, subflow.id, inner.id].sort());
  expect(await readRun(engine.sql, inner.id)).toBeUndefined();
});

test('a result may be null', async () => {
  const id = await running();
  const { state } = await end(id, { type: 'COMPLETED', data: { type: 'sluice/v1', value: null } });
  const [row] = await engine.sql<{ value: string }[]>`select value::text as value from result where id = ${state?.id ?? ''}`;
  expect(row).toEqual({ value: 'null' });
});
