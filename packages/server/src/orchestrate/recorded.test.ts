import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { flowChange, newFlowRun, startTestEngine, type TestEngine, taskStep } from '../testing/test-engine.ts';
import { makeFlow } from '../testing/test-records.ts';
import { recordTaskRun } from './propose.ts';

let engine: TestEngine;
let run: string;

beforeAll(async () => {
  engine = await startTestEngine(inject('postgres'));
  const flow = await makeFlow(engine.sql);
  run = (await engine.door.submit(newFlowRun(flow))).id;
  await engine.door.submit(flowChange(run, 'RUNNING'));
});
afterAll(() => engine[Symbol.asyncDispose]());

const AT = { PENDING: '2026-01-01T00:00:01+00:00', RUNNING: '2026-01-01T00:00:02+00:00', COMPLETED: '2026-01-01T00:00:05+00:00' } as const;
type Type = keyof typeof AT;

/** What a client tells of a task run that it ran by itself. */
function record(id: string, type: Type, state_id = engine.newId(), of = run) {
  const { create } = taskStep(of, { id, name: 'recorded' });
  const recorded = {
    timestamp: AT[type],
    run_count: type === 'PENDING' ? 0 : 1,
    flow_run_run_count: 1,
    expected_start_time: AT.PENDING,
    start_time: type === 'PENDING' ? null : AT.RUNNING,
    end_time: type === 'COMPLETED' ? AT.COMPLETED : null,
    total_run_time: type === 'COMPLETED' ? 3 : 0,
  };
  return engine.door.submit(recordTaskRun({ create: create as NonNullable<typeof create>, recorded, state_id, proposed: { type } }));
}

const read = async (id: string) => {
  const [task] = await engine.sql<[{ state_type: string; run_count: number; total_run_time: number; ended: boolean }]>`
    select state_type, run_count, total_run_time, end_time is not null as ended from task_run where id = ${id}`;
  const states = await engine.sql<{ type: string }[]>`select type from task_run_state where task_run_id = ${id} order by timestamp`;
  return { ...task, states: states.map(({ type }) => type) };
};

const DONE = { state_type: 'COMPLETED', run_count: 1, total_run_time: 3, ended: true };

test.each<[string, Type[]]>([
  ['in their order', ['PENDING', 'RUNNING', 'COMPLETED']],
  ['the last one first', ['COMPLETED', 'RUNNING', 'PENDING']],
  ['the first one last', ['RUNNING', 'COMPLETED', 'PENDING']],
])('states that are recorded %s make the same run', async (_how, types) => {
  const id = engine.newId();
  for (const type of types) await record(id, type);
  expect(await read(id)).toEqual({ ...DONE, states: ['PENDING', 'RUNNING', 'COMPLETED'] });
});

test('all at once too', async () => {
  const id = engine.newId();
  await Promise.all((['COMPLETED', 'PENDING', 'RUNNING'] as const).map((type) => record(id, type)));
  expect(await read(id)).toEqual({ ...DONE, states: ['PENDING', 'RUNNING', 'COMPLETED'] });
});

test('a state that is recorded twice is there once', async () => {
  const [id, first, last] = [engine.newId(), engine.newId(), engine.newId()];
  await record(id, 'RUNNING', first);
  await record(id, 'COMPLETED', last);
  await record(id, 'RUNNING', first);
  await record(id, 'COMPLETED', last);
  expect(await read(id)).toEqual({ ...DONE, states: ['RUNNING', 'COMPLETED'] });
});

test('a flow run that ends in the same moment leaves it alone: its client will tell its end', async () => {
  const flow = await makeFlow(engine.sql);
  const other = (await engine.door.submit(newFlowRun(flow))).id;
  const id = engine.newId();
  await Promise.all([record(id, 'RUNNING', engine.newId(), other), engine.door.submit(flowChange(other, 'COMPLETED'))]);
  await record(id, 'COMPLETED', engine.newId(), other);
  expect(await read(id)).toEqual({ ...DONE, states: ['RUNNING', 'COMPLETED'] });
});

test('no rule judges it: the flow run may have ended long ago', async () => {
  await engine.door.submit(flowChange(run, 'COMPLETED'));
  const id = engine.newId();
  expect(await record(id, 'COMPLETED')).toMatchObject({ created: true, written: true, status: 'ACCEPT' });
  expect(await read(id)).toMatchObject(DONE);
  await record(id, 'RUNNING');
  expect(await read(id)).toMatchObject(DONE);
});
