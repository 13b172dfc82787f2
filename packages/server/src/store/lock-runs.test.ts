import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Database, openDatabase } from '../db/database.ts';
import { flowChange, newFlowRun, startTestEngine, type TestEngine, taskStep } from '../testing/test-engine.ts';
import { makeFlow } from '../testing/test-records.ts';
import { lockFlowRuns, lockParents, lockTaskRuns } from './lock-runs.ts';

let engine: TestEngine;
/** A server whose statements stop after they have taken their snapshot and before they lock: at an unnest() that waits. */
let slow: Database;

beforeAll(async () => {
  engine = await startTestEngine(inject('postgres'));
  await engine.sql.unsafe(`
    create schema slow;
    create function slow.unnest(ids uuid[]) returns setof uuid language plpgsql as $$
    begin
      perform pg_advisory_lock_shared(1);
      perform pg_advisory_unlock_shared(1);
      return query select pg_catalog.unnest(ids);
    end $$`);
  const url = new URL(engine.databaseUrl);
  url.searchParams.set('search_path', 'slow,public,pg_catalog');
  slow = openDatabase(url.href, { max: 1 });
});

afterAll(async () => {
  await slow.close();
  await engine[Symbol.asyncDispose]();
});

/** Reads with a snapshot that is older than the change, and locks after it. */
async function lockAcross<T>(read: () => Promise<T[]>, change: () => Promise<unknown>): Promise<T[]> {
  const gate = openDatabase(engine.databaseUrl, { max: 1 });
  await gate.sql`select pg_advisory_lock(1)`;
  const rows = read();
  rows.catch(() => {});
  for (let waiting = 0; waiting === 0; ) {
    const [row] = await engine.sql<
      [{ waiting: number }]
    >`select count(*)::integer as waiting from pg_locks where locktype = 'advisory' and not granted`;
    waiting = row.waiting;
  }
  await change();
  await gate.close();
  return rows;
}

async function runningWithTask(): Promise<{ run: string; task: string }> {
  const { id: run } = await engine.door.submit(newFlowRun(await makeFlow(engine.sql)));
  await engine.door.submit(flowChange(run, 'RUNNING'));
  const { id: task } = await engine.door.submit(taskStep(run));
  return { run, task };
}

test('a flow run that changed between look and lock is left for the next batch, never read half', async () => {
  const { run } = await runningWithTask();
  const lock = () => lockFlowRuns(slow.sql, { ids: [run], keys: [] });
  expect(await lock()).toMatchObject([{ run: { id: run, state: { type: 'RUNNING' } } }]);
  expect(await lockAcross(lock, () => engine.door.submit(flowChange(run, 'COMPLETED')))).toEqual([]);
  expect(await lock()).toMatchObject([{ run: { id: run, state: { type: 'COMPLETED' } } }]);
});

test('so are the flow run around a task, and the task run', async () => {
  const { run, task } = await runningWithTask();
  const parents = () => lockParents(slow.sql, [run], [], []);
  expect(await lockAcross(parents, () => engine.door.submit(flowChange(run, 'CANCELLING')))).toEqual([]);
  expect(await parents()).toMatchObject([{ run: { state: { type: 'CANCELLING' } } }]);
  const tasks = () => lockTaskRuns(slow.sql, { ids: [task], keys: [] });
  expect(await lockAcross(tasks, () => engine.door.submit({ ...taskStep(run), id: task, create: null, proposed: { type: 'COMPLETED' } }))).toEqual(
    [],
  );
  expect(await tasks()).toMatchObject([{ id: task, state: { type: 'COMPLETED' } }]);
});
