import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { formatName, parseName, parsePatterns } from '../src/names/qualified-name.ts';
import { connectPostgres } from '../src/postgres/connect.ts';
import { listPostgresTables } from '../src/sources/postgres/list-tables.ts';
import { planPostgresTable } from '../src/sources/postgres/plan-table.ts';
import { readRelations } from '../src/sources/postgres/relations.ts';
import { openTestSource, type TestSource } from './support/postgres-source.ts';

let source: TestSource;
let guestUrl: string;

beforeAll(async () => {
  source = await openTestSource(inject('postgres'));
  await source.sql(`
    create schema sales; create schema closed;
    create table orders (id int); insert into orders select generate_series(1, 1000); analyze orders;
    create table sales.orders (id int);
    create table sales."Odd.Name, ""quoted""" (id int);
    create table sales.parted (id int) partition by range (id);
    create table sales.parted_low partition of sales.parted for values from (0) to (100);
    create table sales.parted_high partition of sales.parted for values from (100) to (200);
    insert into sales.parted select generate_series(0, 199); analyze sales.parted;
    create view seen as select * from orders;
    create materialized view kept as select * from orders;
    create materialized view never as select * from orders with no data;
    create table hidden (id int);
    create table guarded (id int); alter table guarded enable row level security;
    create table closed.inside (id int);
    create temporary table passing (id int);
    create role guest_${process.pid} login password 'p@ss/word';
    grant usage on schema public, sales to guest_${process.pid};
    grant select on orders, guarded, seen, sales.orders to guest_${process.pid};
    create view over_guarded with (security_invoker = true) as select * from guarded; grant select on over_guarded to guest_${process.pid};
  `);
  const url = new URL(source.url);
  url.username = `guest_${process.pid}`;
  url.password = encodeURIComponent('p@ss/word');
  guestUrl = url.href;
});
afterAll(async () => {
  await source.sql(`drop owned by guest_${process.pid}; drop role guest_${process.pid}`);
  await source[Symbol.asyncDispose]();
});

async function list(url: string, only?: string) {
  const client = await connectPostgres(url);
  try {
    return await listPostgresTables(client, { only });
  } finally {
    await client.end();
  }
}

test('tables, partitioned tables once, and views are listed; what is temporary is not', async () => {
  const { tables } = await list(source.url);
  expect([...tables].sort()).toEqual(
    ['closed.inside', 'public.guarded', 'public.hidden', 'public.kept', 'public.orders', 'public.over_guarded', 'public.seen']
      .concat(['sales."Odd.Name, ""quoted"""', 'sales.orders', 'sales.parted'])
      .sort(),
  );
});

test('kind, rows and bytes of a partitioned table are those of its partitions', async () => {
  const client = await connectPostgres(source.url);
  const relations = await readRelations(client);
  await client.end();
  expect(relations.find(({ name }) => name === 'parted')).toMatchObject({ kind: 'partitioned table', estimated_rows: 200 });
  expect(relations.find(({ name }) => name === 'parted')?.estimated_bytes).toBeGreaterThanOrEqual(16384);
  expect(relations.find(({ name, schema }) => name === 'orders' && schema === 'public')).toMatchObject({ kind: 'table', estimated_rows: 1000 });
  expect(relations.find(({ name }) => name === 'seen')).toMatchObject({ kind: 'view', estimated_rows: null, estimated_bytes: null });
});

test('what a user may not read is named with its reason: no grant, no schema, rows that a policy would hide, a view that was never filled', async () => {
  const { tables, unreadable } = await list(guestUrl);
  expect([...tables].sort()).toEqual(['public.orders', 'public.over_guarded', 'public.seen', 'sales.orders']);
  const reasons = Object.fromEntries(unreadable.map(({ table, reason }) => [table, reason]));
  expect(reasons['public.hidden']).toMatch(/guest_\d+ may not read it/);
  expect(reasons['closed.inside']).toMatch(/may not use the schema closed/);
  expect(reasons['public.guarded']).toMatch(/row-level security would hide rows from guest_\d+/);
  expect((await list(source.url)).unreadable).toEqual([
    { table: 'public.never', reason: 'public.never cannot be read: it has never been refreshed.' },
  ]);
});

test('a policy below a view is told when the table is planned, never met by fewer rows', async () => {
  const client = await connectPostgres(guestUrl);
  const plan = async (name: string) => await planPostgresTable(client, { name, source: 'test' }, { sample: 1 });
  expect(await plan('public.over_guarded')).toMatchObject({
    table: 'public.over_guarded',
    reason: expect.stringMatching(/row-level security policy/),
  });
  expect(await plan('public.guarded')).toMatchObject({ reason: expect.stringMatching(/would hide rows/) });
  expect(await plan('public.orderz')).toMatchObject({ reason: expect.stringMatching(/There is no table public.orderz. Did you mean public.orders/) });
  expect(await plan('a.b.c')).toMatchObject({ reason: expect.stringMatching(/not the name of a table/) });
  await client.end();
});

test('patterns pick tables; one that names nothing is an error that names close ones', async () => {
  expect((await list(source.url, 'public.orders')).tables).toEqual(['public.orders']);
  expect((await list(source.url, 'sales.*,public.seen')).tables).toEqual(
    expect.arrayContaining(['sales.orders', 'sales.parted', 'sales."Odd.Name, ""quoted"""', 'public.seen']),
  );
  expect([...(await list(source.url, 'orders')).tables].sort()).toEqual(['public.orders', 'sales.orders']);
  expect((await list(source.url, 'sales."Odd.Name, ""quoted"""')).tables).toHaveLength(1);
  await expect(list(source.url, 'public.order')).rejects.toMatchObject({ code: 'USAGE', hint: expect.stringMatching(/public\.orders/) });
  await expect(list(source.url, 'public.orders,,')).rejects.toMatchObject({ code: 'USAGE' });
});

test.each([
  ['public.orders', { schema: 'public', name: 'orders' }],
  ['orders', { schema: 'public', name: 'orders' }],
  ['"a.b"."c ""d"""', { schema: 'a.b', name: 'c "d"' }],
  ['a.b.c', undefined],
  ['', undefined],
  ['a."b', undefined],
])('the name %s is read, and written the same', (text, name) => {
  expect(parseName(text)).toEqual(name);
  if (name) expect(parseName(formatName(name))).toEqual(name);
});

test.each([
  ['a*.b', { schema: 'abc', name: 'b' }, true],
  ['a.b', { schema: 'axb', name: 'b' }, false],
  ['"a*".b', { schema: 'abc', name: 'b' }, false],
  ['*', { schema: 'x', name: 'y\nz' }, true],
])('the pattern %s against %o: %s', (text, name, matches) => {
  expect(parsePatterns(text)?.[0]?.matches(name)).toBe(matches);
});
