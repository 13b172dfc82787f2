import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Database, openDatabase } from '../db/database.ts';
import { listAllRecords, listRecords, readRecords } from '../store/records.ts';
import { type Call, call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const RUNS = 30;
const MIB = 1024 * 1024;
let server: TestServer;
let database: Database;
let flow_id: string;
/** Of runs whose parameters have about 450 KB, newest first. */
let ids: string[];

const send = (method: string, path: string, options?: Call) => call(server.url, method, path, options);
const post = async <T>(path: string, body: unknown): Promise<T> => {
  const { status, json, text } = await send('POST', path, { body });
  expect(status, text.slice(0, 300)).toBeLessThan(300);
  return json as T;
};
type Run = { id: string; parameters: { index: number; text: string } };

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  database = openDatabase(server.databaseUrl, { max: 1 });
  flow_id = (await post<{ id: string }>('/flows/', { name: 'large' })).id;
  await post('/work_pools/', { name: 'pool' });
  const deployment = await post<{ id: string }>('/deployments/', { name: 'd', flow_id, work_pool_name: 'pool', enforce_parameter_schema: false });
  ids = [];
  for (let index = 0; index < RUNS; index++) {
    const text = 'é'.repeat(index === 3 ? 10 : 225_000);
    ids.unshift(
      (await post<Run>(`/deployments/${deployment.id}/create_flow_run`, { parameters: { index, text }, context: { c: 'x'.repeat(20_000) } })).id,
    );
  }
});
afterAll(async () => {
  await database.close();
  await server.stop();
});

/** Whether all of every run is there. */
function expectWhole(runs: readonly Run[], wanted: readonly string[]): void {
  expect(runs.map(({ id }) => id)).toEqual(wanted);
  for (const { id, parameters } of runs) {
    expect(parameters.index).toBe(RUNS - 1 - ids.indexOf(id));
    expect(parameters.text).toBe('é'.repeat(parameters.index === 3 ? 10 : 225_000));
  }
}

describe('a list that is larger than is held at once', () => {
  test('comes whole and in order, in one page', async () => {
    const runs = await post<Run[]>('/flow_runs/filter', { sort: 'ID_DESC', limit: 200 });
    expectWhole(runs, ids);
  });

  test('loses no row to a client that pages, whatever the size of its pages', async () => {
    for (const limit of [1, 7, 29]) {
      const found: Run[] = [];
      for (let offset = 0; offset < RUNS; offset += limit)
        found.push(...(await post<Run[]>('/flow_runs/filter', { sort: 'ID_DESC', limit, offset })));
      expectWhole(found, ids);
    }
  });

  test('is the same of the runs that a worker may claim', async () => {
    const scheduled = await post<{ flow_run: Run; work_pool_id: string; work_queue_id: string }[]>('/work_pools/pool/get_scheduled_flow_runs', {
      limit: 200,
    });
    expectWhole(
      scheduled.map(({ flow_run }) => flow_run),
      ids.toReversed(),
    );
    expect(new Set(scheduled.map(({ work_pool_id }) => work_pool_id)).size).toBe(1);
  });

  test('is the same of runs that somebody waits for', async () => {
    const { flow_runs, missing, done } = await post<{ flow_runs: Run[]; missing: string[]; done: boolean }>('/flow_runs/wait', {
      ids,
      wait_seconds: 0,
    });
    expectWhole(flow_runs, ids.toSorted());
    expect({ missing, done }).toEqual({ missing: [], done: false });
  });

  test('is the same of log lines, and of the states of a run', async () => {
    const lines = Array.from({ length: 12 }, (_, index) => ({
      name: String(index),
      level: 20,
      message: 'm'.repeat(300_000 + index),
      timestamp: `2026-11-24T10:00:${10 + index}Z`,
      flow_run_id: ids[0],
    }));
    await post('/logs/', lines);
    const stored = await post<{ name: string; message: string }[]>('/logs/filter', {
      logs: { flow_run_id: { any_: [ids[0]] } },
      sort: 'TIMESTAMP_DESC',
    });
    expect(stored.map(({ name, message }) => [name, message.length])).toEqual(lines.map(({ name, message }) => [name, message.length]).toReversed());

    const { id } = await post<Run>('/flow_runs/', { flow_id });
    for (let index = 0; index < 15; index++) {
      const state = { type: 'RUNNING', name: `s${index}`, data: { x: 'd'.repeat(120_000) } };
      await post(`/flow_runs/${id}/set_state`, { state, force: true });
    }
    const { json } = await send('GET', `/flow_run_states/?flow_run_id=${id}`);
    expect((json as { name: string }[]).map(({ name }) => name)).toEqual(['Pending', ...Array.from({ length: 15 }, (_, index) => `s${index}`)]);
    await send('DELETE', `/flow_runs/${id}`);
  });

  test('is never held as a whole: slices come as they are taken', async () => {
    const { sql } = database;
    const runs = await listRecords(sql, 'flow_run_view', { order: 'id desc', limit: 200, offset: 0 });
    const some = await readRecords(sql, 'flow_run_view', ids);
    for (const json of [runs, some]) {
      if (typeof json === 'string') throw new Error('it came in one piece');
      const sizes: number[] = [];
      let text = '';
      for await (const slice of json) {
        sizes.push(Buffer.byteLength(slice));
        text += slice;
      }
      expectWhole(JSON.parse(text), ids);
      expect(sizes.length).toBeGreaterThan(10);
      expect(Math.max(...sizes)).toBeLessThan(1.1 * MIB);
    }
  });

  test('that is smaller comes in one piece', async () => {
    const { sql } = database;
    const json = await listRecords(sql, 'flow_run_view', { order: 'id desc', limit: 2, offset: 0 });
    expect(typeof json).toBe('string');
    expect(await listAllRecords(sql, 'flow_run_state_view', { flow_run_id: randomUUID() })).toBe('[]');
    expect(await readRecords(sql, 'flow_run_view', [])).toBe('[]');
  });

  test('ends in an error, not as a shorter list, when the database goes away in between', async () => {
    const other = openDatabase(server.databaseUrl, { max: 1 });
    const { sql } = other;
    const json = await listRecords(sql, 'flow_run_view', { order: 'id desc', limit: 200, offset: 0 });
    if (typeof json === 'string') throw new Error('it came in one piece');
    const slices = json[Symbol.asyncIterator]();
    await slices.next();
    await slices.next();
    await other.close();
    await expect(slices.next()).rejects.toThrow();
  });

  test('costs a client nothing that leaves in the middle, and others are answered', async () => {
    const left = Array.from({ length: 20 }, async () => {
      const response = await fetch(`${server.url}/flow_runs/filter`, { method: 'POST', body: JSON.stringify({ limit: 200 }) });
      await response.body?.cancel();
    });
    await Promise.all(left);
    expect((await send('GET', '/ready')).status).toBe(200);
    expectWhole(await post<Run[]>('/flow_runs/filter', { sort: 'ID_DESC', limit: 5 }), ids.slice(0, 5));
  });
});

test('ids that come more than two hundred at a time are read in parts, and lost ones are left out', async () => {
  const { sql } = database;
  const absent = Array.from({ length: 450 }, (_, index) => `0192f3a4-0000-7000-8000-${String(index).padStart(12, '0')}`);
  const wanted = [...absent.slice(0, 220), ...ids.slice(0, 3), ...absent.slice(220), ...ids.slice(3)];
  const json = await readRecords(sql, 'flow_run_view', wanted);
  if (typeof json === 'string') throw new Error('it came in one piece');
  let text = '';
  for await (const slice of json) text += slice;
  expectWhole(JSON.parse(text), ids);
});
