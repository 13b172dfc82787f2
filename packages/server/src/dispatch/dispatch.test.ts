import { getEventListeners } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { pgArray } from '../db/pg-array.ts';
import { updateDeployment } from '../store/deployments.ts';
import { deleteWorkPool, updateWorkPool, updateWorkQueue } from '../store/work-pools.ts';
import { lockElsewhere } from '../testing/lock-elsewhere.ts';
import { flowChange, newFlowRun, startTestEngine, type TestEngine } from '../testing/test-engine.ts';
import { makeDeployment, makeFlow, makePool, makeQueue, makeWorker, type Place, readRun, type TestWorker } from '../testing/test-records.ts';

let engine: TestEngine;
let flow: string;
const waits = new Set<AbortController>();

beforeAll(async () => {
  engine = await startTestEngine(inject('postgres'));
  flow = await makeFlow(engine.sql);
});
afterEach(() => {
  for (const wait of waits) wait.abort();
  waits.clear();
});
afterAll(() => engine[Symbol.asyncDispose]());

const schedule = async (work_queue_id: string, name: string, row: object = {}, scheduled_time?: string) => {
  const proposed = { type: 'SCHEDULED' as const, ...(scheduled_time && { state_details: { scheduled_time } }) };
  return (await engine.door.submit(newFlowRun(flow, { name, work_queue_id, ...row }, { proposed }))).id;
};

/** A claim that waits, and what came of it: the names of the runs. */
function claim({ pool_id }: Place, worker: TestWorker, ...work_queue_names: string[]) {
  const controller = new AbortController();
  waits.add(controller);
  const runs = engine.dispatcher.claim({ pool_id, incarnation_id: worker.id, work_queue_names }, controller.signal);
  return {
    runs,
    names: () => runs.then((all) => all.map(({ flow_run }) => flow_run.name)),
    stop: () => controller.abort(),
    /** Passes when the worker was found known and its claim waits: from then on the claim listens for its end. */
    waits: () => expect.poll(() => getEventListeners(controller.signal, 'abort').length).toBe(1),
  };
}

/** Passes when the engine has looked for runs once more and found none for this worker. */
async function expectNothing(place: Place, worker: TestWorker, ...queues: string[]): Promise<void> {
  const wait = claim(place, worker, ...queues);
  // Another pool's worker is served in the same turn of the dispatcher, or a later one.
  const other = await makePool(engine.sql);
  const marker = await makeWorker(engine.sql, other);
  const served = claim(other, marker);
  await schedule(other.queue_id, 'marker');
  await served.names();
  wait.stop();
  expect(await wait.names()).toEqual([]);
}

/** The most of these runs that were active at the same time, by the times of their states. */
async function mostAtOnce(ids: readonly string[]): Promise<number> {
  const [row] = await engine.sql<[{ most: number }]>`
    select max(active)::integer as most from (
      select sum(case type when 'PENDING' then 1 when 'COMPLETED' then -1 else 0 end) over (order by timestamp) as active
      from flow_run_state where flow_run_id = any(${pgArray(ids)}::uuid[])
    ) x`;
  return row.most;
}

const finish = (id: string) => engine.door.submit(flowChange(id, 'COMPLETED'));

describe('the order of claims', () => {
  test('by the priority of the queue, then children of started parents, then time', async () => {
    const place = await makePool(engine.sql);
    const urgent = await makeQueue(engine.sql, place, 'urgent', { priority: 1 });
    await schedule(place.queue_id, 'later', {}, '2026-01-01T00:00:02Z');
    await schedule(place.queue_id, 'sooner', {}, '2026-01-01T00:00:01Z');
    await schedule(place.queue_id, 'child', { parent_task_run_id: engine.newId() }, '2026-01-01T00:00:03Z');
    await schedule(urgent, 'urgent', {}, '2026-01-01T00:00:04Z');
    const worker = await makeWorker(engine.sql, place);
    const order: string[] = [];
    for (let turn = 0; turn < 4; turn++) {
      const [run] = await claim(place, worker).runs;
      order.push(run?.flow_run.name ?? '');
      await finish(run?.flow_run.id ?? '');
    }
    expect(order).toEqual(['urgent', 'child', 'sooner', 'later']);
  });

  test('a worker gets as many runs as it has room for, at once', async () => {
    const place = await makePool(engine.sql);
    for (const name of ['a', 'b', 'c']) await schedule(place.queue_id, name);
    const worker = await makeWorker(engine.sql, place, 2);
    expect(await claim(place, worker).names()).toEqual(['a', 'b']);
    await expectNothing(place, worker);
  });

  test('a claimed run carries all that a worker needs to start it', async () => {
    const place = await makePool(engine.sql);
    const deployment_id = await makeDeployment(engine.sql, flow, place.queue_id, { name: 'd', job_variables: { cpu: 1 } });
    const id = await schedule(place.queue_id, 'run', { deployment_id, parameters: { table: 'orders' } });
    const worker = await makeWorker(engine.sql, place);
    const [run] = await claim(place, worker).runs;
    expect(run).toMatchObject({
      epoch: 1,
      lease_seconds: 30,
      flow_name: expect.stringContaining('flow'),
      deployment: { id: deployment_id, name: 'd', job_variables: { cpu: 1 } },
      flow_run: { id, epoch: 1, worker_name: worker.name, state_type: 'PENDING', parameters: { table: 'orders' }, work_pool_name: place.name },
    });
  });
});

describe('a claim that waits', () => {
  test('is served when a run is made', async () => {
    const place = await makePool(engine.sql);
    const waiting = claim(place, await makeWorker(engine.sql, place));
    await schedule(place.queue_id, 'new');
    expect(await waiting.names()).toEqual(['new']);
  });

  test('is served when a run is due, and not before', async () => {
    const place = await makePool(engine.sql);
    const waiting = claim(place, await makeWorker(engine.sql, place));
    const [clock] = await engine.sql<[{ soon: string }]>`select to_json(clock_timestamp() + interval '0.3 seconds') #>> '{}' as soon`;
    const id = await schedule(place.queue_id, 'soon', {}, clock.soon);
    expect(await waiting.names()).toEqual(['soon']);
    const [row] = await engine.sql<[{ early: boolean }]>`select state_timestamp < ${clock.soon}::timestamptz as early from flow_run where id = ${id}`;
    expect(row.early).toBe(false);
  });

  test('is served as soon as a slot of what limits it is free', async () => {
    const place = await makePool(engine.sql, { limit: 1 });
    const worker = await makeWorker(engine.sql, place, 5);
    const first = await schedule(place.queue_id, 'first');
    expect(await claim(place, worker).names()).toEqual(['first']);
    await schedule(place.queue_id, 'second');
    await expectNothing(place, worker);
    const waiting = claim(place, worker);
    await finish(first);
    expect(await waiting.names()).toEqual(['second']);
  });

  test.each([
    ['pool', (place: Place, is_paused: boolean) => updateWorkPool(engine.sql, place.name, { is_paused })],
    ['queue', (place: Place, is_paused: boolean) => updateWorkQueue(engine.sql, place.queue_id, place.pool_id, { is_paused })],
  ])('gets nothing of a paused %s, and all when the pause ends', async (_what, pause) => {
    const place = await makePool(engine.sql);
    const worker = await makeWorker(engine.sql, place);
    await pause(place, true);
    await schedule(place.queue_id, 'run');
    await expectNothing(place, worker);
    const waiting = claim(place, worker);
    await pause(place, false);
    engine.desk.publish({ claimable: true });
    expect(await waiting.names()).toEqual(['run']);
  });

  test('gets nothing of a paused deployment, what lies behind it, and all when the pause ends', async () => {
    const place = await makePool(engine.sql);
    const worker = await makeWorker(engine.sql, place, 5);
    const deployment_id = await makeDeployment(engine.sql, flow, place.queue_id);
    await updateDeployment(engine.sql, deployment_id, undefined, { paused: true });
    await schedule(place.queue_id, 'paused', { deployment_id });
    await schedule(place.queue_id, 'behind');
    expect(await claim(place, worker).names()).toEqual(['behind']);
    await expectNothing(place, worker);
    const waiting = claim(place, worker);
    await updateDeployment(engine.sql, deployment_id, undefined, { paused: false });
    engine.desk.publish({ claimable: true });
    expect(await waiting.names()).toEqual(['paused']);
  });

  test('of a worker that hangs up takes nothing with it', async () => {
    const place = await makePool(engine.sql);
    const worker = await makeWorker(engine.sql, place);
    const gone = claim(place, worker);
    gone.stop();
    expect(await gone.names()).toEqual([]);
    await schedule(place.queue_id, 'run');
    expect(await claim(place, worker).names()).toEqual(['run']);
  });

  test('of a worker that hangs up as it is served gives its run back, for the next', async () => {
    const place = await makePool(engine.sql);
    const worker = await makeWorker(engine.sql, place);
    const gone = claim(place, worker);
    const stop = engine.desk.subscribe(({ flow_runs }) => {
      if (flow_runs.includes(id)) gone.stop();
    });
    const id = engine.newId();
    await engine.door.submit(newFlowRun(flow, { id, name: 'run', work_queue_id: place.queue_id }));
    await gone.names();
    stop();
    const [again] = await claim(place, await makeWorker(engine.sql, place)).runs;
    expect(again?.flow_run).toMatchObject({ id, crash_count: 0 });
  });

  test('of somebody whom the pool does not know is refused', async () => {
    const place = await makePool(engine.sql);
    const elsewhere = await makeWorker(engine.sql, await makePool(engine.sql));
    await expect(claim(place, elsewhere).runs).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const old = await makeWorker(engine.sql, place, 1, 'same');
    await makeWorker(engine.sql, place, 1, 'same');
    await expect(claim(place, old).runs).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('limits', () => {
  test.each(['pool', 'queue', 'deployment'] as const)('of the %s are exact, with many workers at once', async (what) => {
    const place = await makePool(engine.sql, what === 'pool' ? { limit: 3 } : {});
    const queue = await makeQueue(engine.sql, place, 'limited', what === 'queue' ? { limit: 3 } : {});
    const deployment_id = await makeDeployment(engine.sql, flow, queue, what === 'deployment' ? { limit: 3 } : {});
    await Promise.all(Array.from({ length: 12 }, (_, index) => schedule(queue, `run-${index}`, { deployment_id })));
    const workers = await Promise.all(Array.from({ length: 4 }, () => makeWorker(engine.sql, place, 2)));

    const held: string[] = [];
    const full = Promise.withResolvers<void>();
    let done = 0;
    async function work(worker: TestWorker): Promise<void> {
      while (done < 12) {
        const runs = await claim(place, worker).runs;
        held.push(...runs.map(({ flow_run }) => flow_run.id));
        if (held.length >= 3) full.resolve();
        await full.promise; // nobody ends a run before three are held
        for (const { flow_run } of runs) {
          await finish(flow_run.id);
          done += 1;
        }
        if (done === 12) for (const wait of waits) wait.abort();
      }
    }
    await Promise.all(workers.map(work));
    expect(new Set(held).size, 'each run is claimed once').toBe(12);
    expect(await mostAtOnce(held)).toBe(3);
  });

  test('runs behind a full limit do not hide the others', async () => {
    const place = await makePool(engine.sql);
    const full = await makeDeployment(engine.sql, flow, place.queue_id, { limit: 1 });
    for (let index = 0; index < 5; index++) await schedule(place.queue_id, `limited-${index}`, { deployment_id: full });
    await schedule(place.queue_id, 'free');
    expect(await claim(place, await makeWorker(engine.sql, place)).names()).toEqual(['limited-0']);
    expect(await claim(place, await makeWorker(engine.sql, place)).names()).toEqual(['free']);
  });

  test('runs of a queue that nobody serves do not hide those of another', async () => {
    const place = await makePool(engine.sql);
    const other = await makeQueue(engine.sql, place, 'other');
    for (let index = 0; index < 3; index++) await schedule(place.queue_id, `default-${index}`);
    await schedule(other, 'other');
    const worker = await makeWorker(engine.sql, place);
    expect(await claim(place, worker, 'other').names()).toEqual(['other']);
  });

  test('a run whose row somebody else holds takes no other with it, and is claimed when it is free', async () => {
    const place = await makePool(engine.sql);
    const held = await schedule(place.queue_id, 'held');
    await schedule(place.queue_id, 'free');
    const { release } = await lockElsewhere(engine.databaseUrl, 'flow_run', held);
    const worker = await makeWorker(engine.sql, place, 2);
    expect(await claim(place, worker).names()).toEqual(['free']);
    const waiting = claim(place, worker);
    await release();
    expect(await waiting.names()).toEqual(['held']);
  });
});

test('a worker’s own slots are those of its present life', async () => {
  const place = await makePool(engine.sql);
  const before = await makeWorker(engine.sql, place, 1, 'one');
  const id = await schedule(place.queue_id, 'first');
  await claim(place, before).runs;
  await schedule(place.queue_id, 'second');
  const after = await makeWorker(engine.sql, place, 1, 'one');
  expect(await claim(place, after).names(), 'it does not wait for the slots of the one that was killed').toEqual(['second']);
  expect(await readRun(engine.sql, id)).toMatchObject({ type: 'PENDING' });
  expect(await before.beat([{ flow_run_id: id, epoch: 1 }]), 'the old one may still prolong what it holds').toEqual([id]);
});

describe('a waiting worker that the server no longer knows is sent away, so that it asks again and is told why', () => {
  const roomChanged = () => engine.desk.publish({ claimable: true });

  test('its pool was deleted', async () => {
    const place = await makePool(engine.sql);
    const waiting = claim(place, await makeWorker(engine.sql, place));
    await waiting.waits();
    await deleteWorkPool(engine.sql, place.name);
    roomChanged();
    expect(await waiting.names()).toEqual([]);
  });

  test('another has its name', async () => {
    const place = await makePool(engine.sql);
    const waiting = claim(place, await makeWorker(engine.sql, place, 1, 'one'));
    await waiting.waits();
    await makeWorker(engine.sql, place, 1, 'one');
    roomChanged();
    expect(await waiting.names()).toEqual([]);
  });
});
