import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import type { Extract } from '../src/model.ts';
import { SnapshotKeeper } from '../src/sources/postgres/shared-snapshot.ts';
import { startPgbouncer } from './support/pgbouncer.ts';
import { loadExtract, openTestSource, type TestSource } from './support/postgres-source.ts';

let source: TestSource;
let jobs = 0;
let job: string;
beforeAll(async () => {
  source = await openTestSource(inject('postgres'));
});
afterAll(() => source[Symbol.asyncDispose]());
beforeEach(async () => {
  job = `job ${++jobs}`;
  await source.sql(`drop table if exists orders cascade; drop table if exists items cascade; create table orders (id int); create table items (id int);
    insert into orders select generate_series(1, 100); insert into items select generate_series(1, 100)`);
});

const signal = new AbortController().signal;
const lost: string[] = [];
const keep = (url = source.url) => SnapshotKeeper.open(url, { job, signal, onLost: (reason) => lost.push(reason) });
const read = (table: string, options: { url?: string; waitSeconds?: number } = {}) => {
  const { url = source.url, waitSeconds } = options;
  return source.extract(`public.${table}`, { url, snapshot: { job, waitSeconds } });
};
const pair = () =>
  source.sql(
    'with number as (select max(id) + 1 as id from orders), one as (insert into orders select id from number) insert into items select id from number',
  );

async function highest(extract: Extract): Promise<unknown> {
  using warehouse = await loadExtract(extract);
  expect(await warehouse.sums()).toEqual(extract.sums);
  return (await warehouse.query('select max(id) from t'))[0]?.[0];
}

test('rows that one transaction writes into two tables are in both or in neither, however much is written meanwhile', async () => {
  await using keeper = await keep();
  await pair();
  const orders = await read('orders');
  await pair();
  const items = await read('items');
  expect([await highest(orders), await highest(items)]).toEqual([100, 100]);
  expect(orders.snapshot).toEqual(keeper.snapshot);
  expect(items.snapshot).toEqual(keeper.snapshot);
  expect([...orders.plan.notes, ...items.plan.notes]).toEqual([]);
});

test('without a snapshot they are torn, and the extract says that it shares none', async () => {
  const orders = await source.extract('public.orders');
  await pair();
  const items = await source.extract('public.items');
  expect([await highest(orders), await highest(items)]).toEqual([100, 101]);
  expect([orders.snapshot, items.snapshot]).toEqual([undefined, undefined]);
});

test('a snapshot whose session is killed is told, and the next table is read in another one', async () => {
  lost.length = 0;
  await using keeper = await keep();
  const first = keeper.snapshot;
  const orders = await read('orders');
  // Before it is killed: the next one is taken at once.
  await pair();
  await source.sql(
    `select pg_terminate_backend(pid, 60000) from pg_stat_activity where application_name like 'sluice-snapshot %' and datname = current_database()`,
  );
  const items = await read('items');
  expect([await highest(orders), await highest(items)]).toEqual([100, 101]);
  expect(orders.snapshot).toEqual(first);
  expect(items.snapshot).toEqual(keeper.snapshot);
  expect(items.snapshot).not.toEqual(first);
  expect(lost).toHaveLength(1);
  // Both in the new one, as the job reads them anew.
  expect(await highest(await read('orders'))).toBe(101);
});

test('a session that has begun in a snapshot reads on in it when that is lost', async () => {
  await source.sql(`create function gate(i int) returns int volatile language plpgsql as $$
    begin perform pg_advisory_lock_shared(4713); perform pg_advisory_unlock_shared(4713); return i; end $$;
    create view slow as select gate(id) as id from orders`);
  const keeper = await keep();
  await source.sql('select pg_advisory_lock(4713)');
  const reading = source.extract('public.slow', { snapshot: { job }, verify: 'sums' });
  const isWaiting = async () => (await source.sql(`select from pg_locks where locktype = 'advisory' and not granted`)).rowCount !== 0;
  await Promise.race([
    reading,
    (async () => {
      while (!(await isWaiting()));
    })(),
  ]);
  const { snapshot } = keeper;
  await keeper[Symbol.asyncDispose]();
  await pair();
  await source.sql('select pg_advisory_unlock(4713)');
  const extract = await reading;
  expect(extract.rows_read).toBe(100);
  expect(extract.snapshot).toEqual(snapshot);
});

test.each([
  ['truncated and filled', 'truncate items; insert into items values (7)', 7],
  ['made again', 'drop table items; create table items (id int); insert into items values (8)', 8],
  ['rewritten', 'alter table items alter id type bigint', '100'],
])('a table that was %s after the snapshot is read as it is now, and says that it is not in it', async (_, statements, expected) => {
  await using _keeper = await keep();
  await source.sql(statements);
  const extract = await read('items');
  expect(await highest(extract)).toBe(expected);
  expect(extract.snapshot).toBeUndefined();
  expect(extract.plan.notes).toEqual([
    expect.stringMatching(/^It is not in the snapshot that other tables share: it was changed after that was taken\.$/),
  ]);
});

test('a table that came after the snapshot is read as it is now, and says so', async () => {
  await using _keeper = await keep();
  await source.sql('drop table if exists young; create table young (id int); insert into young values (1)');
  const extract = await read('young');
  expect(await highest(extract)).toBe(1);
  expect(extract.snapshot).toBeUndefined();
  expect(extract.plan.notes).toEqual([expect.stringMatching(/^It is not in the snapshot that other tables share/)]);
});

test('a column that came after the snapshot is not in the rows of that moment', async () => {
  await using keeper = await keep();
  await source.sql('alter table items add more text');
  const extract = await read('items');
  expect(extract.plan.columns.map(({ name }) => name)).toEqual(['id']);
  expect(extract.snapshot).toEqual(keeper.snapshot);
});

test('where nobody holds a snapshot the table is read alone, and says so', async () => {
  const extract = await read('items', { waitSeconds: 0 });
  expect(extract.snapshot).toBeUndefined();
  expect(extract.plan.notes).toEqual([expect.stringMatching(/no session holds one/)]);
});

test('two jobs on one database have two snapshots, and one that has ended leaves none', async () => {
  const first = await keep();
  await pair();
  job = `job ${++jobs}`;
  await using second = await keep();
  expect(await highest(await read('orders'))).toBe(101);
  expect(second.snapshot).not.toEqual(first.snapshot);
  await first[Symbol.asyncDispose]();
  const { rowCount } = await source.sql(
    `select from pg_stat_activity where application_name like 'sluice-snapshot %' and datname = current_database()`,
  );
  expect(rowCount).toBe(1);
});

test('a pool of transactions keeps a snapshot as well, as long as it has a connection more', async () => {
  await using pool = await startPgbouncer(source.url, { size: 2 });
  await using keeper = await keep(pool.url);
  await pair();
  const orders = await read('orders', { url: pool.url });
  expect(await highest(orders)).toBe(100);
  expect(orders.snapshot).toEqual(keeper.snapshot);
});
