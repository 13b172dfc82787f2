import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { pgArray } from '../db/pg-array.ts';
import { lockElsewhere } from '../testing/lock-elsewhere.ts';
import { flowChange, newFlowRun, startTestEngine, type TestEngine, taskStep } from '../testing/test-engine.ts';
import { makeDeployment, makeFlow, makePool, readRun } from '../testing/test-records.ts';

let engine: TestEngine;
let flow: string;

beforeAll(async () => {
  engine = await startTestEngine(inject('postgres'));
  flow = await makeFlow(engine.sql);
});

afterAll(() => engine[Symbol.asyncDispose]());

const runIds = async (count: number) => {
  const outcomes = await Promise.all(Array.from({ length: count }, () => engine.door.submit(newFlowRun(flow))));
  return outcomes.map(({ id }) => id);
};

describe('group commit', () => {
  test('many changes that come at once are few transactions', async () => {
    const ids = await runIds(300);
    await Promise.all(ids.map((id) => engine.door.submit(flowChange(id, 'RUNNING'))));
    // Each row names the transaction that has written it.
    const [{ changes, commits }] = await engine.sql<[{ changes: number; commits: number }]>`
      select count(*)::integer as changes, count(distinct xmin::text)::integer as commits from flow_run_state where flow_run_id = any(${pgArray(ids)}::uuid[])`;
    expect(changes).toBe(600);
    expect(commits).toBeLessThan(20);
    const [row] = await engine.sql<[{ count: number }]>`select count(*)::integer as count from flow_run where state_type = 'RUNNING'`;
    expect(row.count).toBe(300);
  });

  test('more changes than a batch holds are all answered', async () => {
    expect(new Set(await runIds(1000)).size).toBe(1000);
  });
});

test('changes of one run are made in the order in which they came', async () => {
  const [id] = (await runIds(1)) as [string];
  const types = ['PENDING', 'RUNNING', 'COMPLETED', 'SCHEDULED', 'PENDING', 'RUNNING', 'FAILED'] as const;
  await engine.sql`update flow_run set deployment_id = ${await makeDeployment(engine.sql, flow, null)} where id = ${id}`;
  const outcomes = await Promise.all(types.map((type) => engine.door.submit(flowChange(id, type))));
  expect(outcomes.map(({ status }) => status)).toEqual(types.map(() => 'ACCEPT'));
  const states = await engine.sql<{ type: string; timestamp: string }[]>`
    select type, to_json(timestamp) #>> '{}' as timestamp from flow_run_state where flow_run_id = ${id} order by timestamp`;
  expect(states.map(({ type }) => type)).toEqual(['SCHEDULED', ...types]);
  expect(new Set(states.map(({ timestamp }) => timestamp)).size, 'no two at the same instant').toBe(states.length);
});

test('a change that cannot be stored never fails those beside it', async () => {
  const [good] = (await runIds(1)) as [string];
  const outcomes = await Promise.allSettled([
    engine.door.submit(flowChange(good, 'PENDING')),
    engine.door.submit(newFlowRun('00000000-0000-7000-8000-000000000000')),
    engine.door.submit(flowChange('00000000-0000-7000-8000-000000000001', 'RUNNING')),
    engine.door.submit(newFlowRun(flow, { name: 'a\0b' })),
    engine.door.submit(newFlowRun(flow, { name: 'beside' })),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected', 'fulfilled']);
  expect(outcomes[2]).toMatchObject({ reason: { code: 'NOT_FOUND' } });
  expect(await readRun(engine.sql, good)).toMatchObject({ type: 'PENDING' });
});

test('five claims in one batch against a limit of three let three through', async () => {
  const place = await makePool(engine.sql, { limit: 3 });
  const runs = await Promise.all(Array.from({ length: 5 }, () => engine.door.submit(newFlowRun(flow, { work_queue_id: place.queue_id }))));
  const claim = { incarnation_id: engine.newId(), worker_name: 'w', worker_limit: 10, lease_seconds: 30 };
  const outcomes = await Promise.all(runs.map(({ id }) => engine.door.submit(flowChange(id, 'PENDING', { claim }))));
  expect(outcomes.map(({ status }) => status)).toEqual(['ACCEPT', 'ACCEPT', 'ACCEPT', 'ABORT', 'ABORT']);
  expect(outcomes[4]?.reason).toBe(`All 3 slots of the work pool "${place.name}" are taken (3 in use).`);
  const ended = engine.door.submit(flowChange(runs[0]?.id as string, 'COMPLETED'));
  const next = engine.door.submit(flowChange(runs[4]?.id as string, 'PENDING', { claim }));
  expect((await ended).status).toBe('ACCEPT');
  expect((await next).status, 'a slot freed earlier in the batch is there for the next').toBe('ACCEPT');
  const times = [(await ended).state?.timestamp, (await next).state?.timestamp] as [string, string];
  expect(times[0] < times[1], `${times}: the slot was given back before it was taken`).toBe(true);
});

describe('a create that comes twice', () => {
  test('makes one flow run, and both get the same answer', async () => {
    const twice = await Promise.all([1, 2, 3].map(() => engine.door.submit(newFlowRun(flow, { idempotency_key: 'once' }))));
    expect(new Set(twice.map(({ id }) => id)).size).toBe(1);
    expect(twice.map(({ created }) => created)).toEqual([true, false, false]);
    const later = await engine.door.submit(newFlowRun(flow, { idempotency_key: 'once' }));
    expect(later).toMatchObject({ id: twice[0]?.id, created: false, written: false });
  });

  test('with the same id makes one flow run', async () => {
    const id = engine.newId();
    const twice = await Promise.all([1, 2].map(() => engine.door.submit(newFlowRun(flow, { id }))));
    expect(twice.map(({ created }) => created)).toEqual([true, false]);
  });

  test('makes one task run by flow run and keys, and a step goes on with it', async () => {
    const [id] = (await runIds(1)) as [string];
    await engine.door.submit(flowChange(id, 'RUNNING'));
    const keys = { task_key: 't', dynamic_key: 'k' };
    const [first, second] = await Promise.all([engine.door.submit(taskStep(id, keys)), engine.door.submit(taskStep(id, keys))]);
    expect([first?.created, second?.created]).toEqual([true, false]);
    expect(second).toMatchObject({ id: first?.id, status: 'ACCEPT', state: { name: 'Rerunning' } });
  });

  test('keys that look alike when they are put together are not the same', async () => {
    const [id] = (await runIds(1)) as [string];
    await engine.door.submit(flowChange(id, 'RUNNING'));
    const one = await engine.door.submit(taskStep(id, { task_key: 'a b', dynamic_key: 'c' }));
    const [again, other] = await Promise.all([
      engine.door.submit(taskStep(id, { task_key: 'a b', dynamic_key: 'c' })),
      engine.door.submit(taskStep(id, { task_key: 'a', dynamic_key: 'b c' })),
    ]);
    expect(again?.id).toBe(one.id);
    expect(other).toMatchObject({ created: true });
    expect(other?.id).not.toBe(one.id);
  });
});

describe('a row that somebody else holds', () => {
  test('does not hold the changes beside it, and is changed when it is free', async () => {
    const [held, free] = (await runIds(2)) as [string, string];
    const { release } = await lockElsewhere(engine.databaseUrl, 'flow_run', held);
    let done = false;
    const waits = engine.door.submit(flowChange(held, 'RUNNING')).finally(() => {
      done = true;
    });
    for (let index = 0; index < 3; index++) await engine.door.submit(flowChange(free, 'RUNNING'));
    expect(done).toBe(false);
    await release();
    expect(await waits).toMatchObject({ status: 'ACCEPT' });
  });

  test('holds back a claim no longer than it takes to say so: another run can be claimed instead', async () => {
    const place = await makePool(engine.sql);
    const { id } = await engine.door.submit(newFlowRun(flow, { work_queue_id: place.queue_id }));
    const { release } = await lockElsewhere(engine.databaseUrl, 'flow_run', id);
    const claim = { incarnation_id: engine.newId(), worker_name: 'w', worker_limit: 1, lease_seconds: 30 };
    expect(await engine.door.submit(flowChange(id, 'PENDING', { claim }))).toMatchObject({ status: 'ABORT', written: false });
    await release();
  });

  test('holds back the tasks of that flow run, since whether they may start depends on it', async () => {
    const [id] = (await runIds(1)) as [string];
    await engine.door.submit(flowChange(id, 'RUNNING'));
    const { release } = await lockElsewhere(engine.databaseUrl, 'flow_run', id, 'PAUSED');
    const step = engine.door.submit(taskStep(id));
    await runIds(1);
    await release();
    expect(await step).toMatchObject({ status: 'REJECT', state: { type: 'PAUSED', name: 'NotReady' } });
  });

  test('is not mistaken for a lost lease when it is the holder’s', async () => {
    const place = await makePool(engine.sql);
    const { id: parent } = await engine.door.submit(newFlowRun(flow, { work_queue_id: place.queue_id }));
    const claim = { incarnation_id: engine.newId(), worker_name: 'w', worker_limit: 1, lease_seconds: 30 };
    const { epoch } = await engine.door.submit(flowChange(parent, 'PENDING', { claim }));
    const { release } = await lockElsewhere(engine.databaseUrl, 'flow_run', parent);
    const child = engine.door.submit(newFlowRun(flow, {}, { writer: { flow_run_id: parent, epoch } }));
    await runIds(1);
    await release();
    expect(await child).toMatchObject({ status: 'ACCEPT', created: true });
  });

  test('the parent’s task run shows its child’s state even when its row was held for a moment', async () => {
    const [parent] = (await runIds(1)) as [string];
    await engine.door.submit(flowChange(parent, 'RUNNING'));
    const { id: task } = await engine.door.submit(taskStep(parent));
    const { id: child } = await engine.door.submit(newFlowRun(flow, { parent_task_run_id: task }));
    const { release } = await lockElsewhere(engine.databaseUrl, 'task_run', task);
    const ends = engine.door.submit(flowChange(child, 'COMPLETED'));
    await engine.door.submit(newFlowRun(flow));
    await release();
    await ends;
    const [row] = await engine.sql`select state_type from task_run where id = ${task}`;
    expect(row).toEqual({ state_type: 'COMPLETED' });
  });
});

test('a create whose row somebody else holds does not hold those beside it', async () => {
  const [taken] = (await runIds(1)) as [string];
  const { release } = await lockElsewhere(engine.databaseUrl, 'flow_run', taken);
  const clash = engine.door.submit(newFlowRun(flow, { id: taken }));
  const beside = engine.door.submit(newFlowRun(flow));
  expect(await beside).toMatchObject({ created: true });
  await release();
  expect(await clash).toMatchObject({ id: taken, created: false });
});

test('the state of a child flow run is seen on the task run that stands for it', async () => {
  const [parent] = (await runIds(1)) as [string];
  await engine.door.submit(flowChange(parent, 'RUNNING'));
  const { id: task } = await engine.door.submit(taskStep(parent));
  const { id: child } = await engine.door.submit(newFlowRun(flow, { parent_task_run_id: task }));
  await engine.door.submit(flowChange(child, 'RUNNING'));
  await engine.door.submit(flowChange(child, 'FAILED', { proposed: { type: 'FAILED', message: 'no' } }));
  const [row] = await engine.sql<[{ type: string; message: string; child: string }]>`
    select s.type, s.message, s.state_details ->> 'child_flow_run_id' as child from task_run t join task_run_state s on s.id = t.state_id where t.id = ${task}`;
  expect(row).toEqual({ type: 'FAILED', message: 'no', child });
});

test('cancelling a parent cancels its children, and theirs', async () => {
  const [parent] = (await runIds(1)) as [string];
  const child = await childOf(parent);
  const grandchild = await childOf(child);
  const end = once(engineNews(grandchild), 'changed');
  await engine.door.submit(flowChange(parent, 'CANCELLING'));
  await end;
  expect(await readRun(engine.sql, grandchild)).toMatchObject({ type: 'CANCELLING', message: 'Its parent was cancelled.' });

  async function childOf(run: string): Promise<string> {
    await engine.door.submit(flowChange(run, 'RUNNING'));
    const { id: task } = await engine.door.submit(taskStep(run));
    const { id } = await engine.door.submit(newFlowRun(flow, { parent_task_run_id: task }));
    await engine.door.submit(flowChange(id, 'RUNNING'));
    return id;
  }

  function engineNews(run: string): EventTarget {
    const target = new EventTarget();
    engine.desk.subscribe(({ flow_runs }) => {
      if (flow_runs.includes(run)) target.dispatchEvent(new Event('changed'));
    });
    return target;
  }
});

test('a door that is closed takes nothing more', async () => {
  await using other = await startTestEngine(inject('postgres'));
  const made = other.door.submit(newFlowRun(await makeFlow(other.sql)));
  await other.door.close();
  expect(await made).toMatchObject({ created: true });
  await expect(other.door.submit(newFlowRun(flow))).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
});
