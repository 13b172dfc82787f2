import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { destinationAt } from '../src/destinations/table.ts';
import { openPostgresWarehouse, type PostgresTrial } from './support/postgres-warehouse.ts';

/* A person's query in a warehouse of PostgreSQL: it reads, and can do nothing else. */

let trial: PostgresTrial;
beforeAll(async () => {
  trial = await openPostgresWarehouse(inject('postgres'));
  await trial.sql(`create table t (id int, big bigint, price numeric(10,2), ratio float8, flag bool, doc jsonb, at timestamptz);
    insert into t values (1, 9007199254740993, 1.50, 0.5, true, '{"a":1}', '2026-01-31 10:00+00'), (2, null, null, 'NaN', null, null, null);
    create sequence s; create function grow() returns int language plpgsql as $$ begin insert into t (id) values (3); return 1; end $$`);
});
afterAll(() => trial[Symbol.asyncDispose]());

const ask = (sql: string) => destinationAt(trial.address).query(sql);
const count = async () => (await trial.sql('select count(*) as n from t')).rows[0].n;

test('values come as a file of DuckDB gives them: small numbers, truth, and texts', async () => {
  expect(await ask('select * from t order by id')).toEqual([
    { id: 1, big: '9007199254740993', price: '1.50', ratio: 0.5, flag: true, doc: '{"a": 1}', at: '2026-01-31 10:00:00+00' },
    { id: 2, big: null, price: null, ratio: 'NaN', flag: null, doc: null, at: null },
  ]);
  expect(await ask('select 1 as n, 2 as n; -- two\n')).toEqual([{ n: 1, n_1: 2 }]);
  expect(await ask('with x as (select 1 as n) select * from x')).toEqual([{ n: 1 }]);
  expect(await ask('values (1)')).toEqual([{ column1: 1 }]);
  expect(await ask('show server_version')).toHaveLength(1);
  expect(JSON.stringify(await ask('explain select * from t'))).toContain('Seq Scan');
});

test.each([
  'insert into t (id) values (3)',
  'delete from t',
  'create table u (n int)',
  'with gone as (delete from t returning *) select * from gone',
  'select grow()',
  "select nextval('s')",
  "select setval('s', 9)",
  'select 1; delete from t',
  'select 1; commit; delete from t',
  'explain analyze delete from t',
  'explain analyze select grow()',
  "copy (select 1) to program 'true'",
  'set transaction read write',
  "select set_config('transaction_read_only', 'off', false), grow()",
  'do $$ begin delete from t; end $$',
  'select * into u from t',
  'select * from t for update',
  'lock table t',
  'fetch all from answer',
])('%s changes nothing, and says so', async (sql) => {
  await expect(ask(sql)).rejects.toMatchObject({ code: 'USAGE' });
  expect(await count()).toBe('2');
  expect((await trial.sql(`select last_value, is_called from s`)).rows).toEqual([{ last_value: '1', is_called: 'f' }]);
});

test.each(['select nothing', 'select', '', ' -- nothing', 'select 1 / 0', 'selec 1'])('%s is a slip, told in a sentence', async (sql) => {
  if (sql === 'select') return expect(await ask(sql)).toHaveLength(1);
  await expect(ask(sql)).rejects.toMatchObject({ code: 'USAGE', hint: expect.any(String) });
});
