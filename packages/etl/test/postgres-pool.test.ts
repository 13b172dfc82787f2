import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { connectPostgres } from '../src/postgres/connect.ts';
import { listPostgresTables } from '../src/sources/postgres/list-tables.ts';
import { planPostgresTable } from '../src/sources/postgres/plan-table.ts';
import { type Pool, startPgbouncer } from './support/pgbouncer.ts';
import { loadExtract, openTestSource, type TestSource } from './support/postgres-source.ts';

let source: TestSource;
let pool: Pool;
beforeAll(async () => {
  source = await openTestSource(inject('postgres'));
  await source.sql(`create table orders (id int, paid numeric, at timestamptz); insert into orders select i, i / 4.0, now() from generate_series(1, 20000) i;
    create view doubled as select id * 2 as id from orders`);
  pool = await startPgbouncer(source.url);
});
afterAll(async () => {
  await pool[Symbol.asyncDispose]();
  await source[Symbol.asyncDispose]();
});

/** What a program finds that comes next on the only server connection of the pool. */
async function nextClient() {
  const client = new pg.Client(pool.url);
  await client.connect();
  const settings = await client.query<{ name: string; setting: string }>('select name, setting from pg_settings order by name');
  const { rows } = await client.query<{ pid: number }>('insert into orders values (0, 0, now()) returning pg_backend_pid() as pid');
  await client.query('delete from orders where id = 0');
  const left = await client.query('select from pg_prepared_statements union all select from pg_cursors');
  await client.end();
  return { settings: Object.fromEntries(settings.rows.map(({ name, setting }) => [name, setting])), pid: rows[0]?.pid, left: left.rowCount };
}

const signal = new AbortController().signal;

async function withClient<T>(work: (client: Awaited<ReturnType<typeof connectPostgres>>) => Promise<T>): Promise<T> {
  const client = await connectPostgres(pool.url);
  return await work(client).finally(() => client.end());
}

const planned = (name: string) => withClient((client) => planPostgresTable(client, { name, source: 'pool' }, { sample: 1 }));

test.each([
  ['a table is listed', () => withClient((client) => listPostgresTables(client))],
  ['a table is planned', () => planned('public.orders')],
  ['a table that is not there is planned', () => planned('public.none')],
  ['a table is read', () => source.extract('public.orders', { url: pool.url, signal })],
  ['a view is read', () => source.extract('public.doubled', { url: pool.url, signal })],
  [
    'a table that is gone is read',
    async () => {
      await source.sql('create table gone (id int)');
      const plan = await source.plan('public.gone');
      await source.sql('drop table gone');
      await expect(source.extract(plan, { url: pool.url })).rejects.toThrow(/gone/);
    },
  ],
  [
    'a read is aborted',
    async () => {
      const controller = new AbortController();
      const progress = () => controller.abort(new Error('enough'));
      await expect(source.extract('public.orders', { url: pool.url, signal: controller.signal, progress })).rejects.toThrow('enough');
    },
  ],
])('when %s through a pool, the next client finds the connection as it was, and writes', async (_, work) => {
  const before = await nextClient();
  await work();
  const after = await nextClient();
  expect(after.settings).toEqual(before.settings);
  expect(after.left).toBe(0);
  expect(after.settings).toMatchObject({ default_transaction_read_only: 'off', transaction_read_only: 'off', lock_timeout: '0', row_security: 'on' });
});

test('what is read through a pool is what the table holds', async () => {
  const extract = await source.extract('public.orders', { url: pool.url });
  using warehouse = await loadExtract(extract);
  expect(await warehouse.query('select count(*)::INTEGER, sum(paid)::VARCHAR from t')).toEqual([[20000, '50002500.00']]);
});

test('a pool that takes no options says so', async () => {
  await expect(connectPostgres(`${pool.url}?options=-csearch_path%3Dpublic`)).rejects.toMatchObject({
    code: 'SOURCE_UNREACHABLE',
    message: expect.stringMatching(/does not accept "options"/),
    hint: expect.stringMatching(/PGOPTIONS/),
  });
});
