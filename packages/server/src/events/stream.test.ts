import { KEPT_TOPICS, TOPIC_NAMES, type TopicName } from '@sluice/core/events/topics';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { positionText } from '../store/event-position.ts';
import { insertLogs } from '../store/logs.ts';
import { flowChange, newFlowRun, startTestEngine, type TestEngine, taskStep } from '../testing/test-engine.ts';
import { makeFlow, makeLimit, makePool, makeWorker } from '../testing/test-records.ts';
import { type Batch, createEventStream, type EventStream } from './stream.ts';

let engine: TestEngine;
let stream: EventStream;
let flow: string;

beforeAll(async () => {
  engine = await startTestEngine(inject('postgres'));
  stream = createEventStream(engine);
  flow = await makeFlow(engine.sql);
});
afterAll(async () => {
  stream.close();
  await engine[Symbol.asyncDispose]();
});

interface Options {
  readonly topics?: readonly TopicName[];
  readonly flowRunId?: string;
  readonly descendants?: boolean;
  readonly runTopics?: readonly TopicName[];
  readonly after?: string;
  readonly from?: EventStream;
}

/** Reads from the stream as it is asked to. */
async function reader({ topics = KEPT_TOPICS, flowRunId, descendants = false, runTopics, after, from = stream }: Options = {}) {
  const stop = new AbortController();
  const batches = from.follow({ topics, flowRunId, descendants, runTopics, after }, stop.signal);
  const first = (await batches.next()).value as Batch;
  let last = first;
  const next = async () => {
    const { value } = await batches.next();
    last = value as Batch;
    return last;
  };
  /** Data of the events up to the one that is wanted, and of those that come with it. */
  async function until(isWanted: (data: Told) => boolean): Promise<Told[]> {
    const told: Told[] = [];
    while (!told.some(isWanted)) told.push(...(await next()).events.map(({ topic, data }) => ({ topic, ...JSON.parse(data) })));
    return told;
  }
  return { first, next, until, position: () => positionText(last.position), [Symbol.asyncDispose]: async () => stop.abort() };
}

interface Told {
  readonly topic: string;
  readonly id: string;
  readonly message?: string;
  readonly flow_run?: { readonly id: string };
  readonly task_run?: { readonly id: string };
  readonly state?: { readonly type: string };
}

const make = async (name = 'run') => (await engine.door.submit(newFlowRun(flow, { name }))).id;
const isRun = (id: string, type: string) => (told: Told) => told.flow_run?.id === id && told.state?.type === type;
const statesOf = (told: readonly Told[], id: string) => told.filter(({ flow_run }) => flow_run?.id === id).map(({ state }) => state?.type);
const line = (message: string, flow_run_id: string) => ({
  id: engine.newId(),
  name: 'n',
  level: 20,
  message,
  timestamp: '2026-01-01T00:00:00Z',
  flow_run_id,
});

async function log(flow_run_id: string, ...messages: string[]): Promise<void> {
  await insertLogs(
    engine.sql,
    messages.map((message) => line(message, flow_run_id)),
  );
  engine.desk.publish({ events: true });
}

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

describe('a reader is told what it wished for', () => {
  test('of one flow run alone', async () => {
    const [id, other] = [await make(), await make()];
    await using read = await reader({ flowRunId: id });
    for (const each of [other, id]) {
      await log(each, each);
      await engine.door.submit(flowChange(each, 'RUNNING'));
      await engine.door.submit(taskStep(each));
      await engine.door.submit(flowChange(each, 'COMPLETED'));
    }
    const told = await read.until(isRun(id, 'COMPLETED'));
    expect(new Set(told.map(({ topic }) => topic))).toEqual(new Set(['log', 'flow_run', 'task_run']));
    expect(JSON.stringify(told)).not.toContain(other);
  });

  test('of one flow run in some topics, and of all in others; also when it has fallen behind', async () => {
    const [id, other] = [await make(), await make()];
    const wish = { topics: KEPT_TOPICS, flowRunId: id, runTopics: ['log', 'task_run'] } as const;
    await using early = await reader(wish);
    for (const each of [other, id]) {
      await log(each, each);
      await engine.door.submit(flowChange(each, 'RUNNING'));
      await engine.door.submit(taskStep(each));
      await engine.door.submit(flowChange(each, 'COMPLETED'));
    }
    await using late = await reader({ ...wish, after: positionText(early.first.position) });
    for (const read of [early, late]) {
      const told = await read.until(isRun(id, 'COMPLETED'));
      expect(statesOf(told, other)).toEqual(['RUNNING', 'COMPLETED']);
      expect(JSON.stringify(told.filter(({ topic }) => topic !== 'flow_run'))).not.toContain(other);
      expect(new Set(told.map(({ topic }) => topic))).toEqual(new Set(['log', 'flow_run', 'task_run']));
    }
  });

  test('of one flow run and of all that run in it, however deep; also when it has fallen behind', async () => {
    const [id, other] = [await make(), await make()];
    const task = async (of: string) => {
      await engine.door.submit(flowChange(of, 'RUNNING'));
      return (await engine.door.submit(taskStep(of))).id;
    };
    const child = (await engine.door.submit(newFlowRun(flow, { parent_task_run_id: await task(id) }))).id;
    const wish = { topics: KEPT_TOPICS, flowRunId: id, descendants: true, runTopics: ['log', 'task_run'] } as const;
    await using early = await reader(wish);
    const grandchild = (await engine.door.submit(newFlowRun(flow, { parent_task_run_id: await task(child) }))).id;
    for (const each of [other, grandchild, child, id]) {
      await log(each, `said by ${each}`);
      await engine.door.submit(flowChange(each, 'CANCELLED'));
    }
    await using late = await reader({ ...wish, after: positionText(early.first.position) });
    for (const read of [early, late]) {
      const told = await read.until(isRun(id, 'CANCELLED'));
      const said = told.filter(({ topic }) => topic === 'log').map(({ message }) => message);
      expect(said.toSorted()).toEqual([id, child, grandchild].map((each) => `said by ${each}`).toSorted());
      expect(statesOf(told, other)).toEqual(['CANCELLED']);
    }
  });

  test('records as they are now, and those that are gone', async () => {
    const place = await makePool(engine.sql);
    const worker = await makeWorker(engine.sql, place);
    const [{ id }] = await engine.sql<[{ id: string }]>`select id from worker where incarnation_id = ${worker.id}`;
    await using read = await reader({ topics: TOPIC_NAMES });
    engine.desk.publish({ records: { worker: [id], work_pool: [place.name], work_queue: [place.queue_id] } });
    const told = await read.until(({ topic }) => topic === 'work_queue');
    expect(told).toMatchObject([
      { topic: 'worker', id, work_pool_id: place.pool_id },
      { topic: 'work_pool', id: place.pool_id },
      { topic: 'work_queue', id: place.queue_id },
    ]);
    engine.desk.publish({ records: { deployment: ['00000000-0000-4000-8000-000000000000'] } });
    expect(await read.until(({ topic }) => topic === 'deployment')).toEqual([
      { topic: 'deployment', id: '00000000-0000-4000-8000-000000000000', deleted: true },
    ]);
  });

  test('a limit when somebody begins to wait for it, and when nobody does any more', async () => {
    const id = await makeLimit(engine.sql, 'waited-for', 1);
    const request = {
      names: ['waited-for'],
      slots: 1,
      mode: 'concurrency',
      lease_seconds: null,
      holder: null,
      writer: null,
      token_above: null,
    } as const;
    await engine.slots.tryAcquire(request);
    await using read = await reader({ topics: ['concurrency_limit'] });
    const stop = new AbortController();
    const waits = engine.slots.acquire(request, stop.signal);
    const ofLimit = (told: Told) => told.id === id;
    await read.until(ofLimit);
    const waiting = () => engine.sql`select from wait_note where limit_names = ${'{waited-for}'}`;
    expect(await waiting()).toHaveLength(1);
    stop.abort();
    expect(await waits).toBeUndefined();
    await read.until(ofLimit);
    expect(await waiting()).toHaveLength(0);
  });

  test('records after a gap are to be read again', async () => {
    const first = await reader({ topics: ['log', 'worker', 'progress'] });
    const after = first.position();
    await first[Symbol.asyncDispose]();
    await using again = await reader({ topics: ['log', 'worker', 'progress'], after });
    expect(again.first.reset).toEqual(['worker', 'progress']);
    engine.desk.publish({ records: { worker: ['*'] } });
    expect((await again.next()).reset).toEqual(['worker']);
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
