import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Extract } from '../src/model.ts';
import { loadExtract, openTestSource, type TestSource } from './support/postgres-source.ts';

const LOCK = 4712;

let source: TestSource;
beforeAll(async () => {
  source = await openTestSource(inject('postgres'));
  // Stops in its middle while we hold the lock.
  await source.sql(`create function gate(i int) returns int volatile language plpgsql as $$
    begin if i = 30000 then perform pg_advisory_lock_shared(${LOCK}); perform pg_advisory_unlock_shared(${LOCK}); end if; return i; end $$`);
});
afterAll(() => source[Symbol.asyncDispose]());

async function rows(extract: Extract, query = 'from t'): Promise<unknown[][]> {
  using warehouse = await loadExtract(extract);
  expect(await warehouse.sums()).toEqual(extract.sums);
  return await warehouse.query(query);
}

interface Change {
  readonly what: string;
  readonly before: string;
  readonly after: string;
  readonly note: RegExp;
  readonly columns: readonly string[];
  readonly rows: readonly unknown[][];
}

const CHANGES: readonly Change[] = [
  {
    what: 'a column that was added with a default',
    before: 'create table s.t (id int); insert into s.t values (1)',
    after: 'alter table s.t add column paid numeric default 9.99',
    note: /column paid was added/,
    columns: ['id INTEGER', 'paid DECIMAL(18,2)'],
    rows: [[1, '9.99']],
  },
  {
    what: 'a column that was dropped',
    before: 'create table s.t (id int, v text); insert into s.t values (1)',
    after: 'alter table s.t drop column v',
    note: /column v is gone/,
    columns: ['id INTEGER'],
    rows: [[1]],
  },
  {
    what: 'a column with another name',
    before: 'create table s.t (id int); insert into s.t values (1)',
    after: 'alter table s.t rename column id to number',
    note: /column id is called number/,
    columns: ['number INTEGER'],
    rows: [[1]],
  },
  {
    what: 'two columns that have changed places under their names',
    before: 'create table s.t (a int, b int); insert into s.t values (1, 2)',
    after: 'alter table s.t rename a to x; alter table s.t rename b to a; alter table s.t rename x to b',
    note: /column a is called b, column b is called a/,
    columns: ['b INTEGER', 'a INTEGER'],
    rows: [[1, 2]],
  },
  {
    what: 'a column with another type',
    before: `create table s.t (id int, v text); insert into s.t values (1, '7')`,
    after: 'alter table s.t alter v type int using v::int',
    note: /column v is integer instead of text/,
    columns: ['id INTEGER', 'v INTEGER'],
    rows: [[1, 7]],
  },
  {
    what: 'a column with another precision',
    before: 'create table s.t (n numeric(5,1)); insert into s.t values (1.5)',
    after: 'alter table s.t alter n type numeric(6,2)',
    note: /column n is numeric\(6,2\) instead of numeric\(5,1\)/,
    columns: ['n DECIMAL(6,2)'],
    rows: [['1.50']],
  },
  {
    what: 'a column that may not be null any more',
    before: 'create table s.t (id int); insert into s.t values (1)',
    after: 'alter table s.t alter id set not null',
    note: /column id is declared differently/,
    columns: ['id INTEGER'],
    rows: [[1]],
  },
  {
    what: 'a table that was made again, the same',
    before: 'create table s.t (id int); insert into s.t values (1)',
    after: 'drop table s.t; create table s.t (id int); insert into s.t values (2)',
    note: /the table was dropped and made again/,
    columns: ['id INTEGER'],
    rows: [[2]],
  },
  {
    what: 'a table that was made again with other columns',
    before: 'create table s.t (id int, v int); insert into s.t values (1)',
    after: `drop table s.t; create table s.t (v text, w date); insert into s.t values ('x', '2024-02-29')`,
    note: /made again, column id is gone, column v is text instead of integer, column w was added/,
    columns: ['v VARCHAR', 'w DATE'],
    rows: [['x', '2024-02-29']],
  },
  {
    what: 'a table that is a view now',
    before: 'create table s.t (id int); insert into s.t values (1)',
    after: 'alter table s.t rename to stored; create view s.t as select id, id * 2 as twice from s.stored',
    note: /the table is a view now/,
    columns: ['id INTEGER', 'twice INTEGER'],
    rows: [[1, 2]],
  },
  {
    what: 'a view with another body',
    before: 'create table s.base (id int); insert into s.base values (1), (2); create view s.t as select id from s.base where id = 1',
    after: 'create or replace view s.t as select id, true as more from s.base where id = 2',
    note: /column more was added, the view, or one that it reads, was replaced/,
    columns: ['id INTEGER', 'more BOOLEAN'],
    rows: [[2, true]],
  },
  {
    what: 'a view below the view that is read',
    before: 'create view s.inner as select 1 as id; create view s.t as select id from s.inner',
    after: 'create or replace view s.inner as select 2 as id',
    note: /the view, or one that it reads, was replaced/,
    columns: ['id INTEGER'],
    rows: [[2]],
  },
  {
    what: 'a materialized view that was made again',
    before: 'create materialized view s.t as select 1 as id',
    after: 'drop materialized view s.t; create materialized view s.t as select 2::bigint as id',
    note: /made again, column id is bigint instead of integer/,
    columns: ['id BIGINT'],
    rows: [['2']],
  },
  {
    what: 'a partition that was attached',
    before: `create table s.t (id int) partition by range (id); create table s.t_low partition of s.t for values from (0) to (10);
      create table s.high (id int); insert into s.t values (1); insert into s.high values (11)`,
    after: 'alter table s.t attach partition s.high for values from (10) to (20)',
    note: /it has 2 partitions instead of 1/,
    columns: ['id INTEGER'],
    rows: [[1], [11]],
  },
  {
    what: 'a partition that was detached, another one having come',
    before: `create table s.t (id int) partition by range (id); create table s.t_low partition of s.t for values from (0) to (10); insert into s.t values (1)`,
    after:
      'alter table s.t detach partition s.t_low; create table s.t_high partition of s.t for values from (10) to (20); insert into s.t values (11)',
    note: /it has other partitions/,
    columns: ['id INTEGER'],
    rows: [[11]],
  },
  {
    what: 'a child that inherits',
    before: 'create table s.t (id int); insert into s.t values (1)',
    after: 'create table s.child () inherits (s.t); insert into s.child values (2)',
    note: /other tables inherit from it/,
    columns: ['id INTEGER'],
    rows: [[1]],
  },
];

const inSchema = (schema: string, sql: string) => sql.replaceAll(/\bs\./g, `${schema}.`);

test.each(CHANGES)('$what is read as it is then, and the notes say so', async ({ before, after, note, columns, rows: expected }) => {
  await source.sql(`drop schema if exists changed cascade; create schema changed; ${inSchema('changed', before)}`);
  const plan = await source.plan({ name: 'public.loaded', from: 'changed.t', source: 'test', chunkMb: 7, badRows: 'fail' });
  await source.sql(inSchema('changed', after));
  const extract = await source.extract(plan);
  expect(extract.plan.columns.map(({ name, neutral_type }) => `${name} ${neutral_type}`)).toEqual(columns);
  expect(await rows(extract, 'from t order by all')).toEqual(expected);
  expect(extract.plan.notes.filter((each) => each.startsWith('It was planned again'))).toEqual([expect.stringMatching(note)]);
  // What a person has asked for holds for the new plan too.
  expect(extract.plan).toMatchObject({ table: 'public.loaded', target: { schema: 'public', name: 'loaded' }, chunk_mb: 7, bad_rows: 'fail' });
  expect((await source.extract(extract.plan)).plan.notes).toEqual(extract.plan.notes);
});

test('a table that has not changed keeps its plan, whatever its rows did', async () => {
  await source.sql('create table quiet (id int); create index on quiet (id)');
  const plan = await source.plan('public.quiet');
  await source.sql('insert into quiet values (1); analyze quiet; create index on quiet ((id + 1)); truncate quiet; insert into quiet values (2)');
  const extract = await source.extract(plan);
  expect(extract.plan).toEqual(plan);
  expect(await rows(extract)).toEqual([[2]]);
});

test('a table that is gone, or that holds no readable column any more, fails at once', async () => {
  await source.sql('create table leaving (id int)');
  const plan = await source.plan('public.leaving');
  await source.sql('alter table leaving drop id');
  await expect(source.extract(plan)).rejects.toMatchObject({ code: 'TABLE_UNREADABLE', message: expect.stringMatching(/has no columns/) });
  await source.sql('drop table leaving');
  await expect(source.extract(plan)).rejects.toMatchObject({ code: 'TABLE_UNREADABLE', message: expect.stringMatching(/it has disappeared/) });
});

async function waiting(locks: string): Promise<number> {
  for (;;) {
    const found = await source.sql(`select pid from pg_locks where not granted and ${locks}`);
    const [row] = found.rows as { pid: number }[];
    if (row) return row.pid;
  }
}

test('a table that is changed between two tries, the connection of the first one being killed, is read as it is then', async () => {
  await source.sql('create table killed as select i from generate_series(1, 60000) i; create view cut as select gate(i) as i from killed');
  const plan = await source.plan('public.cut');
  await source.sql(`select pg_advisory_lock(${LOCK})`);
  const first = expect(source.extractAs('cut', plan, { verify: 'sums' })).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE' });
  await source.sql(`select pg_terminate_backend(${await waiting(`locktype = 'advisory' and objid = ${LOCK}`)})`);
  await first;
  await source.sql(`select pg_advisory_unlock(${LOCK}); create or replace view cut as select gate(i) as i, 'new' as more from killed`);
  const extract = await source.extractAs('cut', plan);
  expect(extract.plan.notes).toEqual([expect.stringMatching(/column more was added/)]);
  expect(await rows(extract, 'select count(*)::INTEGER, min(more) from t')).toEqual([[60000, 'new']]);
});

test.each([
  ['truncated and filled', 'truncate crossed; insert into crossed values (7, 7)', [[7, 7]], 0],
  ['altered', 'alter table crossed alter v type bigint; alter table crossed add w int default 5', [[1, '1', 5]], 1],
  [
    'made again',
    'drop view if exists over; drop table crossed; create table crossed (id int, v int); insert into crossed values (8, 8)',
    [[8, 8]],
    1,
  ],
])('a table that is %s while the first look waits for it is looked at again', async (_, statements, expected, notes) => {
  await source.sql('drop table if exists crossed cascade; create table crossed (id int, v int); insert into crossed values (1, 1)');
  const plan = await source.plan('public.crossed');
  await source.sql('begin; lock table crossed in access exclusive mode');
  const extract = source.extract(plan);
  await waiting(`relation = 'crossed'::regclass`);
  await source.sql(`${statements}; commit`);
  expect(await rows(await extract)).toEqual(expected);
  expect((await extract).plan.notes.filter((note) => /planned again/.test(note))).toHaveLength(notes);
});

test('a table below a view that is emptied and filled while the first look waits is not read as an empty one', async () => {
  await source.sql(
    'create table below (id int); insert into below values (1); create view above as select id from below; create view highest as select * from above',
  );
  const plan = await source.plan('public.highest');
  await source.sql('begin; truncate below; insert into below values (2), (3)');
  const extract = source.extract(plan);
  await waiting(`relation = 'below'::regclass`);
  await source.sql('commit');
  expect(await rows(await extract, 'from t order by id')).toEqual([[2], [3]]);
});
