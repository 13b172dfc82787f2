import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openDatabase } from './db/database.ts';
import { createNewsDesk } from './events/news.ts';
import { createDoor } from './orchestrate/door.ts';
import { createFinishCancelling } from './services/finish-cancelling.ts';
import { createBundleRetention, createExpiredSlots, createLogRetention, createRunCounts, createWorkerStatus } from './services/housekeeping.ts';
import { createLateRuns } from './services/late-runs.ts';
import { createReaper } from './services/reaper.ts';
import type { Service } from './services/service.ts';
import { insertLogs } from './store/logs.ts';
import { flowChange, newFlowRun, startTestEngine, type TestEngine, taskStep } from './testing/test-engine.ts';
import { makeFlow, makeLimit, makePool, makeWorker, readRun } from './testing/test-records.ts';

/* The services of two servers do their work at the same moment, each over connections and a door of its own: what is done is counted. */

type Server = Pick<TestEngine, 'database' | 'door' | 'desk' | 'newId'>;

let engine: TestEngine;
let servers: [Server, Server];
let close: () => Promise<void>;
let flow: string;

beforeAll(async () => {
  engine = await startTestEngine(inject('postgres'));
  flow = await makeFlow(engine.sql);
  const { newId } = engine;
  const database = openDatabase(engine.databaseUrl, { max: 4 });
  const desk = createNewsDesk();
  const door = createDoor({ database, desk, newId });
  servers = [engine, { database, desk, door, newId }];
  close = async () => {
    await door.close();
    await database.close();
  };
});
afterAll(async () => {
  await close();
  await engine[Symbol.asyncDispose]();
});

const LONG_AGO = '2026-01-01T00:00:00Z';
const MANY = 30;

const made = async (parts: Parameters<typeof newFlowRun>[1] = {}, change: Parameters<typeof newFlowRun>[2] = {}) =>
  (await engine.door.submit(newFlowRun(flow, parts, change))).id;
const many = <T>(make: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: MANY }, make));

/** Both at once, a few times: what the two have counted together. */
async function tickBoth(make: (server: Server) => Service): Promise<{ [count: string]: number }> {
  const services = servers.map(make);
  const sum: { [count: string]: number } = {};
  for (let turn = 0; turn < 3; turn++) {
    for (const counts of await Promise.all(services.map(({ tick }) => tick()))) {
      for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
    }
  }
  return sum;
}

test('a run that is late is named so once', async () => {
  const ids = await many(() => made({}, { proposed: { type: 'SCHEDULED', state_details: { scheduled_time: LONG_AGO } } }));
  expect(await tickBoth((server) => createLateRuns({ ...server, lateSeconds: 15 }))).toEqual({ late: MANY });
  for (const id of ids) expect(await readRun(engine.sql, id)).toMatchObject({ name: 'Late', states: 2 });
});

test('a lease that has ended is ended once: one state, one loss, and one more claim', async () => {
  const { queue_id } = await makePool(engine.sql);
  const claim = { incarnation_id: engine.newId(), worker_name: 'w', worker_limit: MANY, lease_seconds: 30 };
  const ids = await many(() => made({ work_queue_id: queue_id }));
  await Promise.all(ids.map((id) => engine.door.submit(flowChange(id, 'PENDING', { claim }))));
  await engine.sql`update flow_run_lease set expires_at = clock_timestamp() - interval '1 second' where flow_run_id = any(${`{${ids}}`}::uuid[])`;
  let now = 0;
  const clock = () => (now += 31_000);
  const reaped = await tickBoth((server) => createReaper({ ...server, clock, leaseSeconds: 30, everySeconds: 60 }));
  expect(reaped).toEqual({ reaped: MANY });
  for (const id of ids) expect(await readRun(engine.sql, id)).toMatchObject({ type: 'SCHEDULED', states: 3 });
  const rows = await engine.sql`select from flow_run where id = any(${`{${ids}}`}::uuid[]) and crash_count = 1 and epoch = 1`;
  expect(rows).toHaveLength(MANY);
  const again = await Promise.all(ids.map((id) => engine.door.submit(flowChange(id, 'PENDING', { claim }))));
  expect(new Set(again.map(({ epoch }) => epoch))).toEqual(new Set([2]));
});

test('a cancellation that was left half done is completed once', async () => {
  const ids = await many(async () => {
    const [parent, child] = [await made(), engine.newId()];
    await engine.door.submit(flowChange(parent, 'RUNNING'));
    const { id: parent_task_run_id } = await engine.door.submit(taskStep(parent));
    await engine.door.submit(flowChange(parent, 'CANCELLED'));
    return made({ id: child, parent_task_run_id });
  });
  await tickBoth(createFinishCancelling);
  for (const id of ids) expect(await readRun(engine.sql, id)).toMatchObject({ type: 'CANCELLED', states: 2 });
});

test('slots, workers and log lines whose time is over are dealt with once, and runs are counted once', async () => {
  await makeLimit(engine.sql, 'short', MANY);
  const request = { names: ['short'], slots: 1, mode: 'concurrency', lease_seconds: 60, holder: null, writer: null, token_above: null } as const;
  await many(() => engine.slots.tryAcquire(request));
  await engine.sql`update concurrency_slot set expires_at = clock_timestamp() - interval '1 second'`;
  expect(await tickBoth((server) => createExpiredSlots({ ...server, everySeconds: 5 }))).toEqual({ freed: MANY });

  const place = await makePool(engine.sql);
  await makeWorker(engine.sql, place);
  await engine.sql`update worker set last_heartbeat_time = now() - interval '1 hour'`;
  expect(await tickBoth((server) => createWorkerStatus({ ...server, everySeconds: 5 }))).toEqual({ offline: 1 });

  const line = { name: 'n', level: 20, message: 'old', timestamp: LONG_AGO, flow_run_id: null, task_run_id: null };
  await insertLogs(
    engine.sql,
    Array.from({ length: MANY }, () => ({ ...line, id: engine.newId() })),
  );
  expect(await tickBoth((server) => createLogRetention({ ...server, days: 30 }))).toEqual({ deleted: MANY });
  expect(await tickBoth((server) => createBundleRetention({ ...server, days: 30 }))).toEqual({ deleted: 0 });

  const ids = await many(() => made());
  await Promise.all(ids.map((id) => engine.door.submit(flowChange(id, 'FAILED'))));
  await tickBoth(createRunCounts);
  const [row] = await engine.sql`
    select sum(runs)::integer as counted, (select count(*)::integer from flow_run where state_type = 'FAILED') as failed
    from flow_run_count where state_type = 'FAILED' and scope_id = '00000000-0000-0000-0000-000000000000'`;
  expect(row).toEqual({ counted: MANY, failed: MANY });
});
