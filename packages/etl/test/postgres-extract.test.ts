import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { etlPaths } from '../src/home.ts';
import type { Extract, VerifyLevel } from '../src/model.ts';
import { LANES } from './support/lanes.ts';
import { loadExtract, openTestSource, type TestSource } from './support/postgres-source.ts';

describe.each(LANES)('by %s', (lane) => {
  let source: TestSource;
  beforeAll(async () => {
    source = await openTestSource(inject('postgres'), lane);
  });
  afterAll(() => source[Symbol.asyncDispose]());

  /** Rows as they are in a warehouse, when counts, sums and checksum are what the source says. */
  async function verified(extract: Extract, query: string, verify: VerifyLevel = 'full'): Promise<unknown[][]> {
    using warehouse = await loadExtract(extract);
    expect(extract.rows_read).toBe(extract.sums.rows + extract.rows_quarantined);
    expect(await warehouse.query('select count(*)::INTEGER from t')).toEqual([[extract.sums.rows]]);
    expect(extract.parts.reduce((sum, { rows }) => sum + rows, 0)).toBe(extract.sums.rows);
    if (extract.sums.rows > 0) expect(await warehouse.sums(verify)).toEqual(extract.sums);
    return await warehouse.query(query);
  }

  test('null and the empty text are two things, also in a table of one column', async () => {
    await source.sql(`create table empties (v text); insert into empties values (''), (null), ('x'), ('');
    create table pairs (a text, b text); insert into pairs values ('', null), (null, ''), (null, null), ('', '')`);
    expect(await verified(await source.extract('public.empties'), `select v, count(*)::INTEGER from t group by v order by v nulls first`)).toEqual([
      [null, 1],
      ['', 2],
      ['x', 1],
    ]);
    expect(await verified(await source.extract('public.pairs'), 'select * from t order by a nulls first, b nulls first')).toEqual([
      [null, null],
      [null, ''],
      ['', null],
      ['', ''],
    ]);
  });

  test('a first value that begins with a byte order mark keeps it', async () => {
    await source.sql(`create table marked (v text); insert into marked values (U&'\\FEFFx')`);
    expect(await verified(await source.extract('public.marked'), 'select strlen(v)::INTEGER from t')).toEqual([[4]]);
  });

  test('odd names are kept: quotes, capitals, spaces, words of SQL, 63 bytes', async () => {
    const names = ['Select', 'a "b"', "it's", 'from', 'ü😀', 'x'.repeat(63), '__proto__', 'c0', 'rowid', '%s;--', '$1', 'sluice_row'];
    const columns = names.map((name) => `"${name.replaceAll('"', '""')}" int`);
    await source.sql(
      `create schema "Odd ""schema"""; create table "Odd ""schema""."the.table" (${columns.join(', ')});
    insert into "Odd ""schema"""."the.table" values (${names.map((_, index) => index)})`.replace('"Odd ""schema""."the', '"Odd ""schema"""."the'),
    );
    const extract = await source.extract('"Odd ""schema"""."the.table"');
    expect(extract.plan.columns.map(({ name }) => name)).toEqual(names);
    expect(extract.plan.target).toEqual({ schema: 'Odd "schema"', name: 'the.table' });
    expect(await verified(extract, 'from t')).toEqual([names.map((_, index) => index)]);
  });

  test('names that differ by case only get a number, and a note says so', async () => {
    await source.sql(`create table cases (id int, "ID" int, "Id" int, id_2 int); insert into cases values (1, 2, 3, 4);
    create table "Cases" (id int); create table "CASES" (id int)`);
    const extract = await source.extract('public.cases');
    expect(extract.plan.columns.map(({ name }) => name)).toEqual(['id', 'ID_3', 'Id_4', 'id_2']);
    expect(extract.plan.notes).toHaveLength(2);
    expect(await verified(extract, 'from t')).toEqual([[1, 2, 3, 4]]);
    const targets = await Promise.all(['cases', '"Cases"', '"CASES"'].map(async (name) => await source.plan(`public.${name}`)));
    expect(targets.map(({ target, notes }) => [target.name, notes.some((note) => note.includes(target.name))])).toEqual([
      ['cases', false],
      ['Cases_2', true],
      ['CASES_3', true],
    ]);
  });

  test('600 columns, and more than a select may have sums', async () => {
    const columns = Array.from({ length: 600 }, (_, index) => `c${index} ${['int', 'text', 'numeric(10,2)', 'timestamptz', 'float8'][index % 5]}`);
    const values = Array.from({ length: 600 }, (_, index) =>
      index % 11 === 0 ? 'null' : [`${index}`, `'v${index}'`, '1.25', "'2024-01-01'", '0.5'][index % 5],
    );
    await source.sql(`create table wide (${columns.join(', ')}); insert into wide select ${values.join(', ')} from generate_series(1, 1100)`);
    expect(
      await verified(
        await source.extract('public.wide', { verify: 'sums' }),
        'select count(c1)::INTEGER, count(c11)::INTEGER, min(c599) from t',
        'sums',
      ),
    ).toEqual([[1100, 0, 0.5]]);
  });

  test('a table without columns cannot be planned, one without rows has no parts', async () => {
    await source.sql('create table nothing (); create table vacant (id int, t text)');
    await expect(source.plan('public.nothing')).rejects.toThrow('has no columns');
    const extract = await source.extract('public.vacant');
    expect(extract).toMatchObject({ parts: [], rows_read: 0, rows_quarantined: 0, quarantine_file: null, sums: { rows: 0 } });
  });

  test('a table is read in ranges of pages, each row once, without a key and with many dead rows', async () => {
    await source.sql(`create table bloated (id int, filler text);
    insert into bloated select i, repeat('x', 200) from generate_series(1, 20000) i;
    delete from bloated where id % 10 <> 0; insert into bloated values (10, 'a double'), (10, 'a double')`);
    const extract = await source.extract(await source.plan({ name: 'public.bloated', source: 'test', chunkMb: 1 }));
    expect(extract.parts.length).toBeGreaterThan(3);
    expect(await verified(extract, 'select count(*)::INTEGER, count(distinct id)::INTEGER, max(id) from t')).toEqual([[2002, 2000, 20000]]);
  });

  test('a partitioned table is read through its partitions, whose columns may have another order and whose grants may be missing', async () => {
    await source.sql(`create table parted (id int, note text, at date) partition by range (id);
    create table parted_one partition of parted for values from (0) to (1000);
    create table parted_two (at date, gone int, note text, id int); alter table parted_two drop column gone;
    alter table parted attach partition parted_two for values from (1000) to (5000);
    create table parted_rest partition of parted for values from (5000) to (6000) partition by range (id);
    create table parted_leaf partition of parted_rest for values from (5000) to (5500);
    insert into parted select i, repeat('n', i % 300), date '2024-01-01' + i % 7 from generate_series(1, 5200) i;
    create role reader_${process.pid} login password 'x'; grant usage on schema public to reader_${process.pid}; grant select on parted to reader_${process.pid}`);
    const url = new URL(source.url);
    url.username = `reader_${process.pid}`;
    url.password = 'x';
    const plan = await source.plan({ name: 'public.parted', source: 'test', chunkMb: 0.25 });
    expect(plan.estimated_bytes).toBeGreaterThan(500_000);
    const extract = await source.extract(plan, { url: url.href });
    expect(extract.parts.length).toBeGreaterThan(1);
    expect(await verified(extract, 'select count(*)::INTEGER, sum(id)::INTEGER, max(length(note))::INTEGER from t')).toEqual([[5200, 13522600, 299]]);
    await source.sql(`drop owned by reader_${process.pid}; drop role reader_${process.pid}`);
  });

  test('views and materialized views are tables too; a parent reads without the rows of its heirs', async () => {
    await source.sql(`create table base (id int, n numeric(5,1)); insert into base select i, i / 10.0 from generate_series(1, 50) i;
    create view doubled as select id * 2 as id, n, 'x' as label from base;
    create materialized view kept as select * from base;
    create table heir (more text) inherits (base); insert into heir values (1000, 1, 'more')`);
    expect(await verified(await source.extract('public.doubled'), 'select sum(id)::INTEGER, max(label) from t')).toEqual([[2550 + 2000, 'x']]);
    expect(await verified(await source.extract('public.kept'), 'select sum(id)::INTEGER from t')).toEqual([[1275]]);
    const parent = await source.extract('public.base');
    expect(await verified(parent, 'select sum(id)::INTEGER from t')).toEqual([[1275]]);
    expect(parent.plan.notes).toEqual(['Rows of the tables that inherit from it are in their own tables only.']);
  });

  test('a foreign table is read as one piece, also as a partition', async () => {
    const { hostname, port, password, pathname } = new URL(source.url);
    await source.sql(`create extension postgres_fdw;
    create server loop foreign data wrapper postgres_fdw options (host '${hostname}', port '${port}', dbname '${pathname.slice(1)}');
    create user mapping for current_user server loop options (user 'sluice', password '${password}');
    create table far (id int, at timestamptz); insert into far select i, timestamptz '2024-01-01' + i * interval '1 second' from generate_series(1, 3000) i;
    create foreign table near (id int, at timestamptz) server loop options (table_name 'far');
    create table mixed (id int, at timestamptz) partition by range (id);
    create table mixed_own partition of mixed for values from (3001) to (9000); insert into mixed select i, null from generate_series(3001, 4000) i;
    create foreign table mixed_far partition of mixed for values from (0) to (3001) server loop options (table_name 'far')`);
    expect(await verified(await source.extract('public.near'), 'select count(*)::INTEGER, max("at")::VARCHAR from t')).toEqual([
      [3000, '2024-01-01 00:50:00+00'],
    ]);
    const plan = await source.plan({ name: 'public.mixed', source: 'test', chunkMb: 0.01 });
    expect(await verified(await source.extract(plan), 'select count(*)::INTEGER, count(distinct id)::INTEGER from t')).toEqual([[4000, 4000]]);
  });

  test('a view that changes while it is read is an error, not a guess', async () => {
    await source.sql(`create view restless as select i from generate_series(1, extract(microseconds from clock_timestamp())::int % 100000) i`);
    await expect(source.extract('public.restless')).rejects.toMatchObject({ code: 'TABLE_UNVERIFIED' });
  });

  test('generated columns are read, dropped ones are not', async () => {
    await source.sql(`create table generated (id int, gone text, twice int generated always as (id * 2) stored);
    insert into generated values (1, 'x'), (21, 'y'); alter table generated drop column gone`);
    expect(await verified(await source.extract('public.generated'), 'from t order by id')).toEqual([
      [1, 2],
      [21, 42],
    ]);
  });

  test('a sample takes the same share each time, and its sums count the same rows', async () => {
    await source.sql(`create table many (id int, filler text); insert into many select i, repeat('x', 100) from generate_series(1, 20000) i;
    create view of_many as select * from many`);
    for (const name of ['public.many', 'public.of_many']) {
      const plan = await source.plan({ name, source: 'test', chunkMb: 1 }, 0.1);
      const [first, second] = [await source.extract(plan), await source.extract(plan)];
      await verified(first, 'select 1');
      expect(first.sums).toEqual(second.sums);
      expect(first.rows_read).toBeGreaterThan(1000);
      expect(first.rows_read).toBeLessThan(4000);
    }
  });

  test('what an earlier try of the load left is removed first, and spool files are gone in the end', async () => {
    await source.sql('create table again (id int); insert into again values (1)');
    const { parts, spool } = etlPaths(source.home);
    const extract = await source.extract('public.again');
    await writeFile(join(parts, extract.load_id, 'part-00099.parquet'), 'left over');
    const second = await source.extractAs(extract.load_id, 'public.again');
    expect(await readdir(join(parts, extract.load_id))).toEqual(['part-00001.parquet']);
    expect(second.sums).toEqual(extract.sums);
    expect(existsSync(join(spool, extract.load_id))).toBe(false);
  });

  test('rows of several megabytes each are all there', async () => {
    await source.sql(`
    create table long_rows as select i as id, repeat(md5(i::text), 65536 + 4096 * (i % 5)) as t, decode(repeat(md5(i::text), 32768), 'hex') as b
      from generate_series(1, 9) i`);
    const extract = await source.extract('public.long_rows');
    using warehouse = await loadExtract(extract);
    expect({ read: extract.rows_read, bad: extract.rows_quarantined }).toEqual({ read: 9, bad: 0 });
    expect(await warehouse.sums()).toEqual(extract.sums);
  });

  test('schemas whose names differ by case only are one in the warehouse, and their tables stand beside each other', async () => {
    await source.sql(`
    create schema "Shop"; create schema shop; create table "Shop".orders (a int); create table shop.orders (a int); create table "Shop".skus (a int)`);
    const places = await Promise.all(['Shop.orders', 'shop.orders', 'Shop.skus'].map(async (name) => (await source.plan(name)).target));
    expect(places).toEqual([
      { schema: 'shop', name: 'orders_2' },
      { schema: 'shop', name: 'orders' },
      { schema: 'shop', name: 'skus' },
    ]);
    expect((await source.plan('Shop.skus')).notes).toEqual([expect.stringContaining('In the warehouse it is called shop.skus')]);
  });
});
