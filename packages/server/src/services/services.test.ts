import { getEventListeners, once } from 'node:events';
import { tmpdir } from 'node:os';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { insertLogs } from '../store/logs.ts';
import { flowChange, newFlowRun, startTestEngine, type TestEngine, taskStep } from '../testing/test-engine.ts';
import { makeFlow, makePool, makeWorker, readRun } from '../testing/test-records.ts';
import { createFinishCancelling } from './finish-cancelling.ts';
import { createDiskWatch, createLogRetention, createWorkerStatus, freeBytes } from './housekeeping.ts';
import { createLateRuns } from './late-runs.ts';
import { runServices } from './service.ts';

let engine: TestEngine;
let flow: string;

beforeAll(async () => {
  engine = await startTestEngine(inject('postgres'));
  flow = await makeFlow(engine.sql);
});
afterAll(() => engine[Symbol.asyncDispose]());

const scheduled = async (scheduled_time: string) =>
  (await engine.door.submit(newFlowRun(flow, {}, { proposed: { type: 'SCHEDULED', state_details: { scheduled_time } } }))).id;

const LONG_AGO = '2026-01-01T00:00:00.000000+00:00';

const clock = () => performance.now();

describe('late runs', () => {
  test('are named Late once, and keep the time they were scheduled for', async () => {
    const [late, future] = [await scheduled(LONG_AGO), await scheduled('2099-01-01T00:00:00Z')];
    const service = createLateRuns({ ...engine, lateSeconds: 15 });
    expect(await service.tick()).toEqual({ late: 1 });
    expect(await readRun(engine.sql, late)).toMatchObject({ type: 'SCHEDULED', name: 'Late', states: 2 });
    const [row] = await engine.sql`select to_json(next_scheduled_start_time) #>> '{}' as next from flow_run where id = ${late}`;
    expect(row).toEqual({ next: '2026-01-01T00:00:00+00:00' });
    expect(await readRun(engine.sql, future)).toMatchObject({ name: 'Scheduled' });
    expect(await service.tick()).toEqual({ late: 0 });
  });

  test('that started in the meantime are left alone', async () => {
    const id = await scheduled(LONG_AGO);
    const [tick] = await Promise.all([createLateRuns({ ...engine, lateSeconds: 15 }).tick(), engine.door.submit(flowChange(id, 'RUNNING'))]);
    expect(tick).toEqual({ late: 0 });
    expect(await readRun(engine.sql, id)).toMatchObject({ type: 'RUNNING' });
  });
});

describe('cancellations that were left half done', () => {
  test('children that go on after their parent was cancelled are cancelled', async () => {
    const [parent, child] = [await scheduled(LONG_AGO), engine.newId()];
    await engine.door.submit(flowChange(parent, 'RUNNING'));
    const { id: task } = await engine.door.submit(taskStep(parent));
    // As if the server had died between the parent's cancellation and the child's.
    await engine.door.submit(flowChange(parent, 'CANCELLED'));
    await engine.door.submit(newFlowRun(flow, { id: child, parent_task_run_id: task }));
    expect(await createFinishCancelling(engine).tick()).toEqual({ children: 1, stuck: 0 });
    expect(await readRun(engine.sql, child)).toMatchObject({ type: 'CANCELLED' });
  });

  test('a run that does not stop, and that no worker of ours holds, is CANCELLED after a while', async () => {
    const id = await scheduled(LONG_AGO);
    await engine.door.submit(flowChange(id, 'RUNNING'));
    await engine.door.submit(flowChange(id, 'CANCELLING'));
    const service = createFinishCancelling(engine);
    expect(await service.tick()).toEqual({ children: 0, stuck: 0 });
    await engine.sql`update flow_run set state_timestamp = now() - interval '301 seconds' where id = ${id}`;
    expect(await service.tick()).toEqual({ children: 0, stuck: 1 });
    expect(await readRun(engine.sql, id)).toMatchObject({ type: 'CANCELLED', message: 'It did not stop within 300 s.' });
  });
});

test('a worker that has been silent for three of its intervals is OFFLINE until it is heard again', async () => {
  const worker = await makeWorker(engine.sql, await makePool(engine.sql));
  const service = createWorkerStatus({ ...engine, everySeconds: 5 });
  const silent = (seconds: number) =>
    engine.sql`update worker set last_heartbeat_time = now() - ${seconds} * interval '1 second' where incarnation_id = ${worker.id}`;
  await silent(29);
  expect(await service.tick()).toEqual({ offline: 0 });
  await silent(31);
  expect(await service.tick()).toEqual({ offline: 1 });
  expect(await service.tick()).toEqual({ offline: 0 });
  await worker.beat();
  const [row] = await engine.sql`select status from worker where incarnation_id = ${worker.id}`;
  expect(row).toEqual({ status: 'ONLINE' });
});

test('log lines are kept for as many days as told', async () => {
  const line = (message: string, timestamp: string) => ({ id: engine.newId(), name: 'n', level: 20, message, timestamp });
  const [clock] = await engine.sql<[{ now: string }]>`select to_json(now()) #>> '{}' as now`;
  await insertLogs(engine.sql, [line('old', LONG_AGO), line('new', clock.now)]);
  const service = createLogRetention({ ...engine, days: 30 });
  expect(await service.tick()).toEqual({ deleted: 1 });
  expect(await service.tick()).toEqual({ deleted: 0 });
  expect(await engine.sql`select message from log`).toMatchObject([{ message: 'new' }]);
});

test('the disk is watched, and says something only when it runs low', async () => {
  const lines: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line) => lines.push(line) });
  expect(await createDiskWatch({ folder: tmpdir(), logger }).tick()).toEqual({});
  expect(lines.length).toBe((await freeBytes(tmpdir())) < 1024 ** 3 ? 1 : 0);
});

describe('services', () => {
  test('are repeated, and one that fails is told of and tried again', async () => {
    const turns = new EventTarget();
    let ticks = 0;
    const running = runServices(
      [
        {
          name: 'shaky',
          everySeconds: 0.001,
          tick: async () => {
            ticks += 1;
            if (ticks === 1) throw new Error('not yet');
            turns.dispatchEvent(new Event('turn'));
            return { done: ticks };
          },
        },
        { name: 'idle', everySeconds: 3600, tick: async () => ({}) },
      ],
      { logger: pino({ level: 'silent' }), clock },
    );
    const before = { last_tick: null, lag_ms: null, took_ms: null, last_error: null };
    expect(running.status()).toEqual([
      { name: 'shaky', every_seconds: 0.001, ...before },
      { name: 'idle', every_seconds: 3600, ...before },
    ]);
    await once(turns, 'turn');
    await running.stop();
    expect(running.status()[0]).toEqual({
      name: 'shaky',
      every_seconds: 0.001,
      last_tick: expect.stringMatching(/^\d{4}-/),
      lag_ms: expect.any(Number),
      took_ms: expect.any(Number),
      last_error: null,
    });
    const after = ticks;
    expect(after).toBeGreaterThan(1);
  });

  test('that fail say why', async () => {
    const failed = Promise.withResolvers<void>();
    const service = { name: 'broken', everySeconds: 0.001, tick: () => Promise.reject(new Error('no database')) };
    const running = runServices([service], { logger: pino({ level: 'warn' }, { write: () => failed.resolve() }), clock });
    await failed.promise;
    expect(running.status()).toMatchObject([{ last_error: 'no database' }]);
    await running.stop();
  });

  test('leave nothing behind at a turn: they are repeated for months', async () => {
    const listening = vi.spyOn(EventTarget.prototype, 'addEventListener');
    const enough = Promise.withResolvers<void>();
    let ticks = 0;
    const tick = async () => {
      if (++ticks === 20) enough.resolve();
      return {};
    };
    const running = runServices([{ name: 'quick', everySeconds: 0.001, tick }], { logger: pino({ level: 'silent' }), clock });
    await enough.promise;
    const signals = new Set(listening.mock.contexts.filter((target) => target instanceof AbortSignal));
    listening.mockRestore();
    expect(signals.size).toBeGreaterThan(0);
    for (const signal of signals) expect(getEventListeners(signal, 'abort').length).toBeLessThan(3);
    await running.stop();
  });
});
