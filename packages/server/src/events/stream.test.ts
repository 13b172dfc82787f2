import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { insertLogs } from '../store/logs.ts';
import { flowChange, taskStep } from '../testing/test-engine.ts';
import { makePool } from '../testing/test-records.ts';
import { isRun, startTestStream, statesOf, type TestStream, type Told } from '../testing/test-stream.ts';
import { createEventStream } from './stream.ts';

let opened: TestStream;
let { engine, make, line, log, reader } = {} as TestStream;

beforeAll(async () => {
  opened = await startTestStream(inject('postgres'));
  ({ engine, make, line, log, reader } = opened);
});
afterAll(() => opened[Symbol.asyncDispose]());

describe('a reader is told each event once', () => {
  test('states of flow runs and of task runs, and log lines, in their order', async () => {
    await using read = await reader();
    const id = await make();
    await engine.door.submit(flowChange(id, 'RUNNING'));
    const task = taskStep(id);
    await engine.door.submit(task);
    await log(id, 'hello');
    await engine.door.submit(flowChange(id, 'COMPLETED'));
    const told = await read.until(isRun(id, 'COMPLETED'));
    expect(statesOf(told, id)).toEqual(['SCHEDULED', 'RUNNING', 'COMPLETED']);
    const ofTask = told.filter(({ task_run }) => task_run?.id === task.id).map(({ state }) => state?.type);
    expect(ofTask, 'it ends with its flow run').toEqual(['RUNNING', 'CANCELLED']);
    expect(told.filter(({ topic }) => topic === 'log').map(({ message }) => message)).toEqual(['hello']);
    expect(new Set(told.map((each) => each.id)).size).toBe(told.length);
  });

  test('also what was written before it and committed after it', async () => {
    await using read = await reader();
    const id = await make();
    const { promise: mayCommit, resolve: commit } = Promise.withResolvers<void>();
    const written = Promise.withResolvers<void>();
    const late = engine.database.transaction(async (tx) => {
      await insertLogs(tx, [line('late', id)]);
      written.resolve();
      await mayCommit;
    });
    await written.promise;
    await log(id, 'early');
    const before = await read.until(({ message }) => message === 'early');
    expect(before.map(({ message }) => message)).not.toContain('late');
    commit();
    await late;
    await log(id, 'last');
    const after = await read.until(({ message }) => message === 'last');
    expect(
      after
        .map(({ message }) => message)
        .filter(Boolean)
        .sort(),
    ).toEqual(['last', 'late']);
  });

  test('whoever comes back has missed nothing, however much it was, and is told nothing again', async () => {
    const read = await reader({ topics: ['log'] });
    const id = await make();
    await log(id, 'before');
    await read.until(({ message }) => message === 'before');
    const after = read.position();
    await read[Symbol.asyncDispose]();
    const messages = Array.from({ length: 4500 }, (_, index) => `line ${index}`);
    for (let start = 0; start < messages.length; start += 900) await log(id, ...messages.slice(start, start + 900));
    await using again = await reader({ topics: ['log'], after });
    const told = await again.until(({ message }) => message === 'line 4499');
    expect(told.map(({ message }) => message).sort()).toEqual([...messages].sort());
  });

  test('whoever comes back in the middle of a page goes on there', async () => {
    const start = await reader({ topics: ['log'] });
    const after = start.position();
    await start[Symbol.asyncDispose]();
    const id = await make();
    const messages = Array.from({ length: 4500 }, (_, index) => `part ${index}`);
    await log(id, ...messages);
    const told: (string | undefined)[] = [];
    for (let position = after; told.length < messages.length; ) {
      await using read = await reader({ topics: ['log'], after: position });
      told.push(...(await read.next()).events.map(({ data }) => (JSON.parse(data) as Told).message));
      position = read.position();
    }
    expect(told.sort()).toEqual([...messages].sort());
  });

  test('who reads slowly, and is passed by all others', async () => {
    await using slow = await reader({ topics: ['log'] });
    await using quick = await reader({ topics: ['log'] });
    const id = await make();
    for (let round = 0; round < 300; round++) {
      await log(id, `round ${round}`);
      await quick.until(({ message }) => message === `round ${round}`);
    }
    const told = await slow.until(({ message }) => message === 'round 299');
    expect(told.map(({ message }) => message)).toEqual(Array.from({ length: 300 }, (_, round) => `round ${round}`));
  });

  test('and records that changed while the database could not be read', async () => {
    const place = await makePool(engine.sql);
    await using read = await reader({ topics: ['flow_run', 'work_pool'] });
    await engine.sql`alter table log rename to log_away`;
    const id = await make();
    engine.desk.publish({ records: { work_pool: [place.name] } });
    await engine.door.submit(flowChange(id, 'RUNNING'));
    await engine.sql`alter table log_away rename to log`;
    await engine.door.submit(flowChange(id, 'COMPLETED'));
    const told = await read.until(isRun(id, 'COMPLETED'));
    expect(statesOf(told, id)).toEqual(['SCHEDULED', 'RUNNING', 'COMPLETED']);
    expect(told.filter(({ topic }) => topic === 'work_pool')).toMatchObject([{ id: place.pool_id }]);
  });
});

test.each([
  ['of another database', '99999999999:99999999999:'],
  ['that is none', 'yesterday'],
  ['of another form', '1:2:3/4'],
])('a position %s is the present one, and all is to be read again', async (_what, after) => {
  await using read = await reader({ topics: ['flow_run', 'worker'], after });
  expect(read.first.reset).toEqual(['flow_run', 'worker']);
  const id = await make();
  expect(statesOf(await read.until(isRun(id, 'SCHEDULED')), id)).toEqual(['SCHEDULED']);
});

test('while nobody reads, nothing is read', async () => {
  const asked: string[] = [];
  const sql = new Proxy(engine.sql, {
    apply: (target, self, args) => {
      asked.push(String(args[0]));
      return Reflect.apply(target, self, args);
    },
  });
  const watched = createEventStream({ database: { ...engine.database, sql }, desk: engine.desk });
  await make();
  await log(await make(), 'unheard');
  expect(asked).toEqual([]);
  const read = await reader({ from: watched });
  const id = await make();
  await read.until(isRun(id, 'SCHEDULED'));
  await read[Symbol.asyncDispose]();
  watched.close();
  expect(asked.length).toBeGreaterThan(0);
});
