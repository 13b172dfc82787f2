import { KEPT_TOPICS, TOPIC_NAMES } from '@sluice/core/events/topics';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { positionText } from '../store/event-position.ts';
import { flowChange, newFlowRun, taskStep } from '../testing/test-engine.ts';
import { makeLimit, makePool, makeWorker } from '../testing/test-records.ts';
import { isRun, startTestStream, statesOf, type TestStream, type Told } from '../testing/test-stream.ts';

let opened: TestStream;
let { engine, flow, make, log, reader } = {} as TestStream;

beforeAll(async () => {
  opened = await startTestStream(inject('postgres'));
  ({ engine, flow, make, log, reader } = opened);
});
afterAll(() => opened[Symbol.asyncDispose]());

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
    const waiting = () => engine.sql`select from wait_note where limit_names = ${'{waited-for}'} and expires_at > clock_timestamp()`;
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
