import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import type { CommitRequest } from '../src/destinations/destination.ts';
import { destinationAt } from '../src/destinations/table.ts';
import type { Load } from '../src/model.ts';
import { openPostgresWarehouse, type PostgresTrial } from './support/postgres-warehouse.ts';
import { type LoadOptions, makeExtract, quietContext } from './support/warehouse-load.ts';

/* What becomes of a table that stands in a warehouse of PostgreSQL, and of what people have hung on it, when its rows are replaced. */

let trial: PostgresTrial;
beforeEach(async () => {
  trial = await openPostgresWarehouse(inject('postgres'));
});
afterEach(() => trial[Symbol.asyncDispose]());

let token = 0;
const COLUMNS = { id: 'INTEGER', name: 'VARCHAR' };
const rows = (count: number, from = 0) => `select i::int as id, 'name ' || i as name from range(${from}, ${from + count}) r(i)`;
async function load(more: Partial<LoadOptions> = {}, request: Partial<CommitRequest> = {}): Promise<Load> {
  const extract = await makeExtract({ folder: trial.folder, columns: COLUMNS, parts: [rows(10)], ...more });
  return await destinationAt(trial.address).commit({
    extract,
    verify: 'sums',
    token: ++token,
    flow_run_id: 'run',
    context: quietContext(),
    ...request,
  });
}
const one = async (sql: string) => Object.values((await trial.sql(sql)).rows[0] ?? {})[0];
const oid = () => one(`select 'public.orders'::regclass::oid`);
const count = () => one('select count(*) from public.orders');

test('a table that nobody has given anything is another one after a load: its place is taken by the one that was written', async () => {
  await load();
  const before = await oid();
  await load({ parts: [rows(20)] });
  expect(await oid()).not.toBe(before);
  expect(await count()).toBe('20');
});

test('grants, views, indexes, comments and keys stay: the table stays, and its rows are replaced', async () => {
  await load();
  await trial.sql(`
    grant select on public.orders to public; create view big as select id from public.orders where id > 5;
    create index by_name on public.orders (name); comment on table public.orders is 'ours'; alter table public.orders add primary key (id)`);
  const before = await oid();
  expect(await load({ parts: [rows(20)] })).toMatchObject({ outcome: 'committed', verified: true, rows_loaded: 20 });
  expect(await oid()).toBe(before);
  expect([await count(), await one('select count(*) from big')]).toEqual(['20', '14']);
  expect(await one(`select obj_description('public.orders'::regclass)`)).toBe('ours');
  expect(await one(`select has_table_privilege('public', 'public.orders', 'select')`)).toBe('t');
  expect(await one(`select count(*) from pg_index where indrelid = 'public.orders'::regclass`)).toBe('2');
});

test('a foreign key that points at it holds: rows that are pointed at may come again, and must', async () => {
  await load();
  await trial.sql(
    `alter table public.orders add primary key (id); create table item (order_id int references public.orders); insert into item values (3)`,
  );
  expect(await load({ parts: [rows(5)] })).toMatchObject({ outcome: 'committed', rows_loaded: 5 });
  expect(await count()).toBe('5');
  await expect(load({ parts: [rows(5, 100)] })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('rows of another table point at rows'),
  });
  expect([await count(), await one('select count(*) from item')]).toEqual(['5', '1']);
});

test('a foreign key that would delete rows of another table is not let do it', async () => {
  await load();
  await trial.sql(`alter table public.orders add primary key (id);
    create table item (order_id int constraint of_order references public.orders on delete cascade); insert into item values (3)`);
  await expect(load()).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('its foreign key "of_order" would delete or change rows of item'),
  });
  expect(await one('select count(*) from item')).toBe('1');
});

test('a table that stays gets the columns of its new load; one that a view needs is not dropped', async () => {
  await load();
  await trial.sql('grant select on public.orders to public');
  const before = await oid();
  await load({ columns: { name: 'VARCHAR', id: 'BIGINT', at: 'DATE' }, parts: [`select 'a' as name, 1::bigint as id, date '2026-01-01' as at`] });
  expect(await oid()).toBe(before);
  expect((await trial.sql('select id, name, at from public.orders')).rows).toEqual([{ id: '1', name: 'a', at: '2026-01-01' }]);
  expect(await one(`select format_type(atttypid, null) from pg_attribute where attrelid = 'public.orders'::regclass and attname = 'id'`)).toBe(
    'bigint',
  );
  await trial.sql('create view names as select name from public.orders');
  await expect(load({ columns: { id: 'INTEGER' }, parts: ['select 1 as id'] })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('something in the warehouse needs the old ones'),
  });
  expect(await one('select count(*) from names')).toBe('1');
});

test('a table that no load has made is replaced when that is asked, and only then; a view never is', async () => {
  await trial.sql('create table public.orders (answer int); insert into public.orders values (42); create view public.others as select 1 as n');
  await expect(load()).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('a table that no load of Sluice has made') });
  expect(await one('select answer from public.orders')).toBe('42');
  expect(await load({}, { overwrite: true })).toMatchObject({ outcome: 'committed', rows_loaded: 10 });
  await expect(load({ name: 'others' }, { overwrite: true })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('that is a view'),
  });
  // Nor is one that somebody has put in the place of ours.
  await trial.sql('drop table public.orders; create table public.orders (answer int)');
  await expect(load()).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('a trigger that changes rows on their way is seen: the old rows stay', async () => {
  await load();
  await trial.sql(`create function shout() returns trigger language plpgsql as $$ begin new.name := upper(new.name); return new; end $$;
    create trigger shout before insert on public.orders for each row execute function shout()`);
  await expect(load({ parts: [rows(5)] })).rejects.toMatchObject({ code: 'TABLE_UNVERIFIED' });
  expect([await count(), await one(`select min(name) from public.orders`)]).toEqual(['10', 'name 0']);
});

test('a name that PostgreSQL would cut off, or keeps for itself, is refused when the table is planned', () => {
  const { placeFault } = destinationAt(trial.address);
  expect(placeFault('t', { schema: 'public', name: 'ä'.repeat(32) })).toContain('more than 63 bytes');
  expect(placeFault('t', { schema: 'pg_shop', name: 't' })).toContain('a schema of PostgreSQL itself');
  expect(placeFault('t', { schema: '_sluice', name: 't' })).toContain('the schema of the ledger');
  expect(placeFault('t', { schema: 'public', name: 't' }, [{ name: 'ctid' }])).toContain('of column "ctid" each table has a column of its own');
});

test('loads of different tables do not wait for each other, and of two of one table the ledger decides', async () => {
  // The tables are all there, so that a lock on one is one that a commit has to wait for.
  const names = ['a', 'b', 'c', 'd'];
  await Promise.all(names.map((name) => load({ name })));
  const holder = await trial.sql('begin; lock table public.a in access share mode');
  expect(holder).toBeDefined();
  const waiting = load({ name: 'a', parts: [rows(20)] });
  await Promise.all(names.slice(1).map((name) => load({ name, parts: [rows(30)] })));
  expect(await one('select count(*) from public.b')).toBe('30');
  await trial.sql('commit');
  expect(await waiting).toMatchObject({ outcome: 'committed', rows_loaded: 20 });

  const planned = (seconds: number) => `2026-11-24T10:00:0${seconds}Z`;
  // Each is a new table, which one of them makes while others look.
  for (const name of ['e', 'f', 'g', 'h', 'i', 'j']) {
    const together = await Promise.all([1, 2, 3, 4].map((at) => load({ name, planned_at: planned(at), parts: [rows(at)] }, { token: 1000 * at })));
    expect(together.find(({ rows_loaded }) => rows_loaded === 4)).toMatchObject({ outcome: 'committed' });
    expect(await one(`select count(*) from public.${name}`)).toBe('4');
  }
  expect(await one(`select count(*) from pg_class where relname like '\\_sluice\\_stg%'`)).toBe('0');
});
