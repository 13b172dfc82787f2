import type { TableLoad, TableLoadCreate, WholeTableLoad } from '@sluice/core/model/table-load';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { aTableLoad } from '../testing/a-table-load.ts';
import { call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let run: string;

const send = async (method: string, path: string, body?: unknown) => call(server.url, method, path, { ...(body !== undefined && { body }) });
const list = async (body: object) => (await send('POST', '/table_loads/filter', body)).json as TableLoad[];
const whole = async (id: string) => (await send('GET', `/table_loads/${id}`)).json as WholeTableLoad;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  const flow = (await send('POST', '/flows/', { name: 'process-table-etl' })).json as { id: string };
  const made = await send('POST', '/flow_runs/', { flow_id: flow.id, parameters: { table: 'public.orders' }, state: { type: 'RUNNING' } });
  run = (made.json as { id: string }).id;
});
afterAll(() => server.stop());

const record = async (load_id: string, more: Partial<TableLoadCreate> = {}) => {
  const { status, json } = await send('POST', '/table_loads/', { ...aTableLoad(run, load_id), ...more });
  return { status, load: json as TableLoad };
};

test('a load is told once, however often it is sent, and has the parameters of its flow run', async () => {
  const first = await record('once');
  const again = await record('once', { rows_read: 99 });
  expect([first.status, again.status]).toEqual([201, 200]);
  expect(again.load).toEqual(first.load);
  expect(await whole(first.load.id)).toMatchObject({
    parameters: { table: 'public.orders' },
    rows_read: 10,
    details: { columns: [{ name: 'id', type: 'BIGINT' }], quarantine: [{ line: 3, raw: 'x' }] },
  });
});

test('the newest load of each table is listed by the names of the tables, and all of one table newest first', async () => {
  const at = (day: number) => ({ committed: `2026-11-${day}T10:00:00.000000+00:00` });
  for (const day of [11, 13, 12]) await record(`b ${day}`, { table: 'main.b', warehouse: '/two', ...at(day) });
  await record('a', { table: 'main.a', warehouse: '/two', ...at(10) });
  const newest = await list({ warehouse: '/two', newest: true });
  expect(newest.map(({ load_id }) => load_id)).toEqual(['a', 'b 13']);
  expect((await list({ newest: true })).map(({ table }) => table)).toEqual(expect.arrayContaining(['main.a', 'main.b']));
  expect((await list({ newest: true, table_like: 'IN.B' })).map(({ load_id }) => load_id)).toEqual(['b 13']);
  expect(await list({ newest: true, table_like: '%' })).toEqual([]);
  expect((await list({ newest: true })).map(({ table }) => table)).toEqual(['main.a', 'main.b', 'public.orders']);
  expect(await list({})).toHaveLength(5);
  expect((await list({ warehouse: '/two', table: 'main.b' })).map(({ load_id }) => load_id)).toEqual(['b 13', 'b 12', 'b 11']);
});

test('only the newest load of a table keeps its rows, also when an older one is told of later', async () => {
  const common = { table: 'main.c', warehouse: '/three' };
  const { load: newer } = await record('newer', { ...common, committed: '2026-11-20T10:00:00Z' });
  const { load: older } = await record('older', { ...common, committed: '2026-11-19T10:00:00Z' });
  expect((await whole(newer.id)).details).not.toBeNull();
  expect((await whole(older.id)).details).toBeNull();
  const { load: newest } = await record('newest', { ...common, committed: '2026-11-21T10:00:00Z' });
  expect((await whole(newer.id)).details).toBeNull();
  expect((await whole(newest.id)).details?.preview.rows).toEqual([['1'], [null]]);
});

test('more than 512 KiB of details are refused', async () => {
  const body = aTableLoad(run, 'large');
  const answer = await send('POST', '/table_loads/', { ...body, details: { ...body.details, notes: Array(20).fill('x'.repeat(30_000)) } });
  expect(answer).toMatchObject({ status: 422, json: { code: 'INVALID_REQUEST' } });
});

test('a load of mended rows has with it the one that has read the table from its source', async () => {
  const common = { table: 'main.d', warehouse: '/four' };
  await record('read', { ...common, bytes: 4000, seconds: 2, rows_read: 100, committed: '2026-11-19T10:00:00Z' });
  await record('mended', { ...common, bytes: 40, replay_of: 'read', committed: '2026-11-20T10:00:00Z' });
  await record('mended again', { ...common, bytes: 4, replay_of: 'mended', committed: '2026-11-21T10:00:00Z' });
  const [newest, ...older] = await list({ warehouse: '/four' });
  expect(newest).toMatchObject({ load_id: 'mended again', whole_load: { rows_read: 100, bytes: 4000, seconds: 2 } });
  expect(older.map(({ whole_load }) => whole_load?.bytes)).toEqual([4000, undefined]);
});
