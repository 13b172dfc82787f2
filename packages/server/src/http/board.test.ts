import type { Board } from '@sluice/core/model/board';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let flow_id: string;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  flow_id = (await post('/flows/', { name: 'load' })).id;
  await post('/v2/concurrency_limits/', { name: 'tag:db', limit: 3 });
});
afterAll(() => server.stop());

async function post(path: string, body: unknown): Promise<{ id: string; task_run_id: string }> {
  const { status, json } = await call(server.url, 'POST', path, { body });
  if (status >= 400) throw new Error(JSON.stringify(json));
  return json as { id: string; task_run_id: string };
}
const step = (flow_run_id: string, type: string, tags: string[] = []) =>
  post('/task_runs/step', { task_run: { id: uuidv7(), flow_run_id, name: 'child', task_key: uuidv7(), dynamic_key: '0', tags }, state: { type } });
const state = (id: string, type: string, message?: string) => post(`/flow_runs/${id}/set_state`, { state: { type, message } });
const board = async (id: string) => (await call(server.url, 'GET', `/flow_runs/${id}/board`)).json as Board;

async function child(parent: string, table: string): Promise<string> {
  const { task_run_id } = await step(parent, 'RUNNING');
  return (await post('/flow_runs/', { flow_id, parameters: { table }, parent_task_run_id: task_run_id, state: { type: 'SCHEDULED' } })).id;
}

test('a board holds a run with all below it, their stays on workers, their rows, and the slots of tags that their tasks held', async () => {
  const { id: main } = await post('/flow_runs/', { flow_id, state: { type: 'RUNNING' } });
  const first = await child(main, 'public.orders');
  await post('/flow_runs/', { flow_id, state: { type: 'RUNNING' } });
  await state(first, 'PENDING', 'Claimed by w-1.');
  await state(first, 'RUNNING');
  const second = await child(first, 'public.items');
  const { task_run_id } = await step(first, 'RUNNING', ['db', 'unlimited']);
  await call(server.url, 'PUT', `/flow_runs/${first}/progress`, { body: { label: 'rows', done: 10, total: 20 } });
  const { at, runs, limits, more } = await board(main);
  expect(more).toBe(false);
  expect(runs.map(({ id, parent_id, table, state_type }) => [id, parent_id, table, state_type])).toEqual([
    [main, null, null, 'RUNNING'],
    [first, main, 'public.orders', 'RUNNING'],
    [second, first, 'public.items', 'SCHEDULED'],
  ]);
  expect(runs[1]).toMatchObject({ flow_name: 'load', rows: { done: 10, total: 20 }, queued: null });
  expect(runs[1]?.attempts).toMatchObject([{ number: 1, worker: 'w-1', outcome: 'running', end: null }]);
  expect(Date.parse(runs[1]?.attempts[0]?.queued as string)).toBeLessThanOrEqual(Date.parse(runs[1]?.attempts[0]?.start as string));
  expect(Date.parse(runs[2]?.queued as string)).toBeLessThanOrEqual(Date.parse(at));
  expect(limits).toMatchObject([{ name: 'tag:db', limit: 3, holds: [{ flow_run_id: first, to: null }] }]);
  await post(`/task_runs/${task_run_id}/set_state`, { state: { type: 'COMPLETED' } });
  await state(first, 'FAILED', 'no such table');
  const after = await board(main);
  expect(after.runs[1]?.attempts).toMatchObject([{ outcome: 'failed', message: 'no such table' }]);
  expect(after.limits[0]?.holds[0]?.to).not.toBeNull();
});

test('a run that is not there has no board', async () => {
  const { status } = await call(server.url, 'GET', `/flow_runs/${uuidv7()}/board`);
  expect(status).toBe(404);
});
