import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { describeWithExtensions } from '../../../tests/support/extensions.ts';
import { sqliteSource } from '../src/sources/sqlite/sqlite-source.ts';
import { loadExtract } from './support/postgres-source.ts';
import { makeSqlite, type TestSqlite } from './support/sqlite-file.ts';

const list = async ({ url }: Pick<TestSqlite, 'url'>, only?: string) =>
  (await sqliteSource(url).list({ only, signal: new AbortController().signal })).tables;

/** All rows of a table as it comes into the warehouse, and that the sums of its source are those of its parts. */
async function load(file: TestSqlite, table: string) {
  const extract = await file.extract(table);
  using loaded = await loadExtract(extract);
  expect(await loaded.sums()).toEqual(extract.sums);
  const rows = (await loaded.query('select columns(*)::varchar from (from t order by all)')) as (string | null)[][];
  return { extract, rows, quarantine: await loaded.quarantine() };
}

describeWithExtensions('a file of SQLite', () => {
  test('shows its tables, views and virtual tables, the largest first, and not what stands behind them', async () => {
    await using file = await makeSqlite();
    file.sql(`create table small (id int); insert into small values (1);
      create table large (id integer primary key autoincrement); insert into large values (1), (2), (3);
      create table keyed (k text primary key) without rowid; create view seen as select * from small;
      create virtual table found using fts5(t); create temp table own (id int); create index by_id on small (id)`);
    expect(await list(file)).toEqual(['main.large', 'main.small', 'main.found', 'main.keyed', 'main.seen']);
    expect(await list(file, '*.s*')).toEqual(['main.small', 'main.seen']);
  });

  test.each([
    [
      'a table without row numbers',
      `create table t (k text primary key, v int) without rowid; insert into t values ('b', 2), ('a', 1)`,
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    [
      'a view',
      'create table o (id int, n real); insert into o values (1, 1.5), (2, 2); create view t as select id, n * 2 as twice, id + 1 from o',
      [
        ['1', '3.0', '2'],
        ['2', '4.0', '3'],
      ],
    ],
    [
      'one with generated columns',
      'create table t (a int, b int generated always as (a * 2) stored, c as (a * 3)); insert into t (a) values (1)',
      [['1', '2', '3']],
    ],
    [
      'one that has columns called as row numbers are',
      `create table t (rowid text, oid int, _rowid_ int); insert into t values ('x', 1, 2)`,
      [['x', '1', '2']],
    ],
    [
      'a strict one',
      `create table t (i int, a any, r real) strict; insert into t values (1, 'x', 2), (2, 3, 4.5)`,
      [
        ['1', 'x', '2.0'],
        ['2', '3', '4.5'],
      ],
    ],
    [
      'one with negative numbers of rows',
      'create table t (id integer primary key, v int); insert into t values (-9223372036854775808, 1), (-1, 2), (9223372036854775807, 3)',
      [
        ['-9223372036854775808', '1'],
        ['-1', '2'],
        ['9223372036854775807', '3'],
      ],
    ],
  ])('%s is read with all that is in it', async (_what, sql, rows) => {
    await using file = await makeSqlite();
    file.sql(sql);
    expect((await load(file, 'main.t')).rows).toEqual(rows);
  });

  test('odd names of file, table and columns are names', async () => {
    await using file = await makeSqlite("it's 100% #1? [a] *.db");
    file.sql(
      `create table "odd ""name"".;--'" ("a'b" int, "c""d" text, "select" int, "" int); insert into "odd ""name"".;--'" values (1, 'x', 2, 3)`,
    );
    const [table = ''] = await list(file);
    expect((await load(file, table)).rows).toEqual([['1', 'x', '2', '3']]);
  });

  test.each(['utf-8', 'utf-16le', 'utf-16be'])('texts of a file in %s are the same texts', async (encoding) => {
    await using file = await makeSqlite('shop.db', `pragma encoding = '${encoding}'`);
    file.sql(`create table t (x text); insert into t values ('a😀' || char(0xe000) || 'ß'), (''), ('�'), ('😀')`);
    expect((await load(file, 'main.t')).rows.flat()).toEqual(['', 'a😀\ue000ß', '\ufffd', '😀']);
  });

  test('rows with values that are none of their column are in quarantine, as long as they are few', async () => {
    await using file = await makeSqlite();
    const count = 3000;
    file.sql(`create table t (id integer primary key, n int, d date, x text);
      insert into t with recursive g(i) as (select 1 union all select i + 1 from g where i < ${count}) select i, i, '2024-01-01', 'row ' || i from g;
      update t set n = 'n/a' where id = 7; update t set d = '2023-02-29' where id = 8; update t set x = cast(x'c328' as text) where id = 9;
      update t set x = x'00' where id = 10`);
    const { extract, quarantine } = await load(file, 'main.t');
    expect(extract).toMatchObject({ rows_read: count, rows_quarantined: 4, sums: { rows: count - 4 } });
    expect(extract.plan.columns.map(({ neutral_type }) => neutral_type)).toEqual(['BIGINT', 'BIGINT', 'DATE', 'VARCHAR']);
    expect(quarantine.map(([, , column, reason]) => [column, reason])).toEqual([
      ['d', 'it is a text, and none of DATE'],
      ['n', 'it is a text, and none of BIGINT'],
      ['x', 'it is a blob, and none of VARCHAR'],
      ['x', 'it is a text whose bytes are none'],
    ]);
    expect(quarantine.map((row) => JSON.parse(String(row[4])) as unknown)).toContainEqual({ id: 9, n: 9, d: '2024-01-01', x: "x'c328'" });
  });

  test('a sample takes a share of the rows, spread over the table', async () => {
    await using file = await makeSqlite();
    file.sql(
      `create table t (id integer primary key); insert into t with recursive g(i) as (select 1 union all select i + 1 from g where i < 10000) select i from g`,
    );
    const extract = await file.extract('main.t', { sample: 0.1 });
    expect(Math.abs(extract.rows_read - 1000)).toBeLessThan(100);
    using loaded = await loadExtract(extract);
    expect(await loaded.sums()).toEqual(extract.sums);
    expect(await loaded.query('select count(*) from (select distinct id // 1000 from t)')).toEqual([['10']]);
  });

  test.each([['wal'], ['delete']])('one that is changed while it is read is read again, with journal_mode %s', async (mode) => {
    await using file = await makeSqlite('shop.db', `pragma journal_mode = ${mode}`);
    file.sql('create table t (id integer primary key, n int); insert into t values (1, 1), (2, 2)');
    let isChanged = false;
    const change = () => {
      if (isChanged) return;
      try {
        file.sql('update t set n = n + 10');
        isChanged = true;
      } catch (error) {
        // Without WAL nobody writes while somebody reads.
        expect(error).toMatchObject({ message: 'database is locked' });
      }
    };
    const extract = await file.extract('main.t', { onRows: change });
    using loaded = await loadExtract(extract);
    expect(await loaded.sums()).toEqual(extract.sums);
    expect(await loaded.query('select n::varchar from t order by id')).toEqual([['11'], ['12']]);
    expect(isChanged).toBe(true);
  });

  test('one that is changed all the time is read from a copy of one state, and the notes say so', async () => {
    await using file = await makeSqlite();
    file.sql('create table t (id integer primary key, n int); insert into t values (1, 0), (2, 0)');
    const extract = await file.extract('main.t', { onRows: () => file.sql('update t set n = n + 1') });
    using loaded = await loadExtract(extract);
    expect(await loaded.sums()).toEqual(extract.sums);
    expect(await loaded.query('select count(distinct n) from t')).toEqual([['1']]);
    expect(extract.plan.notes).toContainEqual(expect.stringContaining('read from a copy'));
  });

  test('what writers have committed is read, also where it is not in the file itself yet', async () => {
    await using file = await makeSqlite();
    file.sql('pragma wal_autocheckpoint = 0; create table t (id int); insert into t values (1); begin; insert into t values (2)');
    expect((await load(file, 'main.t')).rows).toEqual([['1']]);
    file.sql('commit');
    expect((await load(file, 'main.t')).rows).toEqual([['1'], ['2']]);
  });

  test('a file that nobody may write is read', async () => {
    await using file = await makeSqlite('shop.db', 'pragma journal_mode = delete');
    file.sql('create table t (id int); insert into t values (1)');
    await chmod(file.path, 0o444);
    expect((await load(file, 'main.t')).rows).toEqual([['1']]);
  });

  test.each([
    ['is not there', () => Promise.resolve(), 'There is no file'],
    ['is empty', (path: string) => writeFile(path, ''), 'is an empty file'],
    ['is a folder', (path: string) => mkdir(path), 'is not a file'],
    [
      'is something else',
      (path: string) => writeFile(path, 'a text that is long enough to be a header of a file, and is none'.repeat(20)),
      'is not a database of SQLite',
    ],
  ])('a file that %s is an error with a next step', async (_what, make, says) => {
    await using file = await makeSqlite();
    const path = join(dirname(file.path), 'other.db');
    await make(path);
    await expect(list({ url: `sqlite://${path}` })).rejects.toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      message: expect.stringContaining(says),
      hint: expect.stringMatching(/./),
    });
  });

  test('a file that somebody has locked is one that can be tried again', async () => {
    await using file = await makeSqlite('shop.db', 'pragma journal_mode = delete');
    file.sql('create table t (id int)');
    file.sql('begin exclusive');
    await expect(list(file)).rejects.toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      message: expect.stringContaining('locked'),
      kind: { lasting: false },
    });
    file.sql('rollback');
  });

  test('a table that is damaged is no table with fewer rows', async () => {
    await using file = await makeSqlite('shop.db', 'pragma journal_mode = delete; pragma page_size = 512');
    file.sql(
      `create table t (x text); insert into t with recursive g(i) as (select 1 union all select i + 1 from g where i < 1000) select 'row ' || i from g`,
    );
    const path = join(dirname(file.path), 'damaged.db');
    await copyFile(file.path, path);
    const { writeSync, openSync, closeSync } = await import('node:fs');
    const handle = openSync(path, 'r+');
    writeSync(handle, Buffer.alloc(2048, 0xff), 0, 2048, 4096);
    closeSync(handle);
    const source = sqliteSource(`sqlite://${path}`);
    const signal = new AbortController().signal;
    const plan = await source.plan({ name: 'main.t', source: 'test' }, { sample: 1, signal });
    if (!('columns' in plan)) throw new Error(plan.reason);
    const common = { load_id: 'load', home: file.home, verify: 'sums' as const, planAnew: () => Promise.resolve(plan) };
    const context = { signal, log: { info: () => {}, warn: () => {} }, progress: () => {} };
    await expect(source.extract({ ...common, plan, context })).rejects.toMatchObject({ message: expect.stringMatching(/damaged|malformed/) });
  });

  test('of a view that cannot be read the reason is told, and the others are not stopped', async () => {
    await using file = await makeSqlite();
    file.sql('create table o (id int); create view broken as select * from o; drop table o; create table t (id int)');
    expect(await list(file)).toEqual(['main.t', 'main.broken']);
    await expect(file.plan('main.broken')).rejects.toThrow(/^main[.]broken cannot be read: .*o/);
  });

  test('a virtual table whose module only one reader has is a sentence', async () => {
    await using file = await makeSqlite();
    file.sql(`create virtual table found using fts5(t); insert into found values ('x')`);
    const outcome = await file.extract('main.found').then(
      ({ rows_read }) => rows_read,
      (error: { code: string }) => error.code,
    );
    expect([1, 'TABLE_UNREADABLE']).toContain(outcome);
  });

  test('nothing of a source is changed, and nothing is left beside it', async () => {
    await using file = await makeSqlite('shop.db', 'pragma journal_mode = delete');
    file.sql('create table t (id int); insert into t values (1)');
    const { readFile, readdir } = await import('node:fs/promises');
    const before = await readFile(file.path);
    await file.extract('main.t');
    expect((await readFile(file.path)).equals(before)).toBe(true);
    expect((await readdir(dirname(file.path))).sort()).toEqual(['home', 'shop.db']);
    expect(() => new DatabaseSync(file.path, { readOnly: true }).exec('create table x (id int)')).toThrow();
  });
});
