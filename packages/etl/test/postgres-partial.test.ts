import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Extract, TablePlan } from '../src/model.ts';
import { connectPostgres } from '../src/postgres/connect.ts';
import { planPostgresTable } from '../src/sources/postgres/plan-table.ts';
import { loadExtract, openTestSource, type TestSource } from './support/postgres-source.ts';

const GUEST = `partial_${process.pid}`;

let source: TestSource;
let url: string;

beforeAll(async () => {
  source = await openTestSource(inject('postgres'));
  await source.sql(`
    create role ${GUEST} login password 'secret';
    create table people (id int primary key, name text, salary numeric, tags text[], twice int generated always as (id * 2) stored);
    insert into people select i, repeat('n', 50) || i, i * 1.5, array['a', i::text] from generate_series(1, 40000) i;
    create table parted (id int, secret text) partition by range (id);
    create table parted_low partition of parted for values from (0) to (100);
    create table parted_high partition of parted for values from (100) to (200);
    insert into parted select i, 'secret' from generate_series(0, 199) i;
    create view seen as select id, name, salary from people;
    create materialized view kept as select id, salary from people where id <= 10;
    grant select (id, name, tags, twice) on people to ${GUEST};
    grant select (id) on parted to ${GUEST};
    grant select (id, name) on seen to ${GUEST};
    grant select (id) on kept to ${GUEST};
  `);
  url = Object.assign(new URL(source.url), { username: GUEST, password: 'secret' }).href;
});
afterAll(async () => {
  await source.sql(`drop owned by ${GUEST}; drop role ${GUEST}`);
  await source[Symbol.asyncDispose]();
});

async function planAs(name: string, sample = 1): Promise<TablePlan> {
  const session = await connectPostgres(url);
  try {
    const plan = await planPostgresTable(session, { name, source: 'test', chunkMb: 1 }, { sample });
    if ('columns' in plan) return plan;
    throw new Error(plan.reason);
  } finally {
    await session.end();
  }
}

const read = (plan: TablePlan): Promise<Extract> => source.extract(plan, { url });

test.each([
  ['public.people', ['id', 'name', 'tags', 'twice'], 'salary', 40_000],
  ['public.parted', ['id'], 'secret', 200],
  ['public.seen', ['id', 'name'], 'salary', 40_000],
  ['public.kept', ['id'], 'salary', 10],
])('of %s, whose user may read some columns only, these are loaded and verified, and the others are named', async (name, columns, closed, rows) => {
  const plan = await planAs(name);
  expect(plan.columns.map((column) => column.name)).toEqual(columns);
  expect(plan.notes).toEqual([`Column ${closed}: it is left out, since the user of the source has no right to read it.`]);
  const extract = await read(plan);
  using warehouse = await loadExtract(extract);
  expect(extract.rows_read).toBe(rows);
  expect(await warehouse.sums()).toEqual(extract.sums);
});

test('a share of the rows can be read as well', async () => {
  const extract = await read(await planAs('public.people', 0.1));
  using warehouse = await loadExtract(extract);
  expect(extract.rows_read).toBeGreaterThan(1000);
  expect(extract.rows_read).toBeLessThan(10_000);
  expect(await warehouse.sums()).toEqual(extract.sums);
});

test('a right that is taken away after the table was planned is told, and what is left is read', async () => {
  const plan = await planAs('public.people');
  await source.sql(`revoke select (tags) on people from ${GUEST}`);
  const extract = await read(plan);
  expect(extract.plan.columns.map(({ name }) => name)).toEqual(['id', 'name', 'twice']);
  expect(extract.plan.notes.join(' ')).toMatch(/Columns salary, tags: they are left out.*planned again.*column tags is declared differently/);
  await source.sql(`grant select (tags) on people to ${GUEST}`);
});
