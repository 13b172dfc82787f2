import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { seconds } from '../../../tests/support/patience.ts';
import { mysqlSource } from '../src/sources/mysql/mysql-source.ts';
import { mysqlUrl } from '../src/sources/mysql/mysql-url.ts';
import { describeWithMariadb, startMariadb, type TestMariadb } from './support/mariadb.ts';
import { extractMysql, type MysqlLoading, readerUrl } from './support/mysql-load.ts';
import { certificate } from './support/pgbouncer.ts';
import { loadExtract } from './support/postgres-source.ts';

describeWithMariadb('a server of MariaDB', () => {
  let server: TestMariadb;
  let home: string;
  beforeAll(async () => {
    server = await startMariadb([`--ssl-cert=${certificate('server.crt')}`, `--ssl-key=${certificate('server.key')}`]);
    home = await mkdtemp(join(tmpdir(), 'sluice-mysql-'));
  }, seconds(90));
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    if (home) await rm(home, { recursive: true, force: true });
  });

  const signal = () => new AbortController().signal;
  const make = (database: string, sql: string) =>
    server.sql(`drop database if exists ${database}; create database ${database} character set utf8mb4; use ${database}; ${sql}`);
  const list = async (url: string, only?: string) => (await mysqlSource(url).list({ only, signal: signal() })).tables;
  const load = async (table: string, options?: MysqlLoading) => {
    const extract = await extractMysql(server, home, table, options);
    using loaded = await loadExtract(extract);
    expect(await loaded.sums()).toEqual(extract.sums);
    const rows = (await loaded.query('select columns(*)::varchar from (from t order by all)')) as (string | null)[][];
    return { extract, rows, quarantine: await loaded.quarantine() };
  };

  test('shows tables and views, of one database or of all but its own; names that differ by case each have a place', async () => {
    await make('names', 'create table Orders (id int); create table orders (id int); create view seen as select * from orders; create sequence s');
    await make('other', 'create table `odd "name` (id int)');
    expect((await list(readerUrl(server, 'names'))).toSorted()).toEqual(['names.Orders', 'names.orders', 'names.seen']);
    expect(await list(readerUrl(server), 'other.*')).toEqual(['other."odd ""name"']);
    const all = await list(readerUrl(server));
    expect(all.filter((name) => /^(mysql|sys|information_schema|performance_schema)[.]/.test(name))).toEqual([]);
    const { extract } = await load('names.Orders');
    expect(extract.plan.target).toEqual({ schema: 'names', name: 'Orders_2' });
    expect(extract.plan.notes).toContainEqual(expect.stringContaining('it is called names.Orders_2'));
  });

  test.each([
    [
      'a table without a key',
      'create table t (a int, b text); insert into t values (1, "x"), (1, "x")',
      [
        ['1', 'x'],
        ['1', 'x'],
      ],
    ],
    [
      'a view',
      'create table o (a int); insert into o values (1), (2); create view t as select a, a * 1.5 as b, "x" as c from o',
      [
        ['1', '1.5', 'x'],
        ['2', '3.0', 'x'],
      ],
    ],
    [
      'one with generated and hidden columns',
      'create table t (a int, b int as (a * 2) stored, c int as (a * 3) virtual, d int invisible default 7); insert into t (a) values (1)',
      [['1', '2', '3', '7']],
    ],
    [
      'a table of MyISAM',
      'create table t (a int, b char(3)) engine = myisam; insert into t values (1, "x"), (2, null)',
      [
        ['1', 'x'],
        ['2', null],
      ],
    ],
    ['one of a single column with empty texts', 'create table t (a varchar(9)); insert into t values (""), (null), ("x")', [[''], ['x'], [null]]],
    ['one in partitions', 'create table t (a int) partition by hash (a) partitions 3; insert into t values (1), (2), (3)', [['1'], ['2'], ['3']]],
    [
      'one with odd names of columns',
      'create table t (`a``b` int, `c"d` int, `e\'f\\\\g` int, `select` int); insert into t values (1, 2, 3, 4)',
      [['1', '2', '3', '4']],
    ],
  ])('%s is read with all that is in it', async (_what, sql, rows) => {
    await make('kinds', sql);
    expect((await load('kinds.t')).rows).toEqual(rows);
  });

  test('rows with values that are none of their column are in quarantine, as long as they are few', async () => {
    await make(
      'bad',
      `create table t (id int primary key, d date, b boolean, raw varbinary(9)); insert into t select seq, '2024-01-01', seq % 2, x'00ff' from seq_1_to_3000;
      update t set d = '0000-00-00' where id = 7; update t set b = 5 where id = 8`,
    );
    const { extract, quarantine } = await load('bad.t');
    expect(extract).toMatchObject({ rows_read: 3000, rows_quarantined: 2, sums: { rows: 2998 } });
    expect(quarantine.map((row) => [row[2], row[3]])).toEqual([
      ['b', 'it is no value of BOOLEAN'],
      ['d', 'it is no value of DATE'],
    ]);
    expect(JSON.parse(String(quarantine[1]?.[4]))).toEqual({ id: '7', d: '0000-00-00', b: '1', raw: '00FF' });
  });

  test('a row that is larger than the server can give as one value is in quarantine, and told so', async () => {
    await make('large', `create table t (id int, b longtext); insert into t values (1, 'x'), (2, repeat('y', 9000000))`);
    const { extract, quarantine } = await load('large.t');
    expect(extract).toMatchObject({ rows_read: 2, rows_quarantined: 1 });
    expect(quarantine).toMatchObject([{ 3: expect.stringContaining('max_allowed_packet') }]);
  });

  test('rows and sums show one state, however much is written meanwhile', async () => {
    await make('busy', `create table t (id int primary key, n int, filler char(200)); insert into t select seq, 0, 'x' from seq_1_to_20000`);
    let writes = 0;
    const write = () => void server.sql(`update busy.t set n = n + 1; insert into busy.t values (${1_000_000 + writes++}, 0, 'y')`).catch(() => {});
    write();
    const { extract, rows } = await load('busy.t', { onRows: write });
    expect(new Set(rows.map(([id, n]) => (Number(id) <= 20_000 ? n : null))).size).toBeLessThanOrEqual(2);
    expect(extract.rows_read).toBeGreaterThanOrEqual(20_000);
  });

  test('a sample takes a share of the rows', async () => {
    await make('some', 'create table t (id int primary key); insert into t select seq from seq_1_to_10000');
    const { extract } = await load('some.t', { sample: 0.1 });
    expect(Math.abs(extract.rows_read - 1000)).toBeLessThan(150);
  });

  const running = () => server.sql(`select id from information_schema.processlist where user = 'reader' and info is not null`);
  const many = `create table t (id int, filler char(200)); insert into t select seq, 'x' from seq_1_to_100000`;

  test('when it is stopped no query is left at the server', async () => {
    await make('slow', 'create table t (id int); insert into t select seq from seq_1_to_100; create view v as select id, sleep(1) as s from t');
    const controller = new AbortController();
    const reading = extractMysql(server, home, 'slow.v', { signal: controller.signal });
    reading.catch(() => {});
    await eventually(async () => expect(await running()).not.toEqual([]), 30);
    controller.abort(new Error('cancelled'));
    await expect(reading).rejects.toThrow('cancelled');
    await eventually(async () => expect(await running()).toEqual([]), 30);
  });

  test('it is stopped in the middle of its rows, too', async () => {
    await make('many', many);
    const controller = new AbortController();
    const stop = () => controller.abort(new Error('cancelled'));
    await expect(extractMysql(server, home, 'many.t', { signal: controller.signal, onRows: stop })).rejects.toThrow('cancelled');
    await eventually(async () => expect(await running()).toEqual([]), 30);
  });

  test('it is stopped while a server keeps it waiting', async () => {
    await using silent = await listen();
    const controller = new AbortController();
    const listing = mysqlSource(readerUrl(silent)).list({ signal: controller.signal });
    await silent.called;
    controller.abort(new Error('cancelled'));
    await expect(listing).rejects.toThrow('cancelled');
  });

  test('a connection that is lost in the middle of the rows ends the load with an error', async () => {
    await make('many', many);
    const kill = () =>
      void server
        .sql(`select group_concat('kill ', id separator ';') from information_schema.processlist where user = 'reader'`)
        .then(([row]) => row?.[0] && server.sql(String(row[0])));
    await expect(extractMysql(server, home, 'many.t', { onRows: kill })).rejects.toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      message: expect.stringContaining('was lost'),
    });
  });

  test.each([
    ['a wrong password', () => `mysql://reader:wrong@127.0.0.1:${server.port}/names`, /does not let "reader" in/],
    ['a database that is not there', () => readerUrl(server, 'nowhere'), /nowhere/],
    ['a port where nobody listens', () => 'mysql://reader:hidden@127.0.0.1:1/names', /does not answer/],
    ['a parameter that is not known', () => readerUrl(server, 'names', '?compress=1'), /compress/],
    [
      'certificates of somebody else',
      () => readerUrl(server, 'names', `?ssl-mode=VERIFY_CA&ssl-ca=${certificate('other-ca.crt')}`),
      /has no TLS, or not one that ssl-mode accepts/,
    ],
  ])('%s is an error with a next step, and without a password', async (_what, url, says) => {
    const error: unknown = await list(url()).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'SOURCE_UNREACHABLE', message: expect.stringMatching(says), hint: expect.stringMatching(/./) });
    expect(JSON.stringify([error, String(error), (error as Error).stack])).not.toMatch(/p@ss|p%40ss|wrong@|hidden/);
  });

  test('sessions are encrypted where the server can, and verified where that is asked for', async () => {
    await make('names', 'create table t (id int)');
    await server.sql(`alter user reader require ssl`);
    expect(await list(readerUrl(server, 'names'))).toEqual(['names.t']);
    const verified = readerUrl(server, 'names', `?ssl-mode=VERIFY_CA&ssl-ca=${certificate('ca.crt')}`);
    expect(await list(verified)).toEqual(['names.t']);
    await expect(list(readerUrl(server, 'names', '?ssl-mode=DISABLED'))).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE' });
    await server.sql(`alter user reader require none`);
  });

  test('a URL without a password gets the one of MYSQL_PWD, or one that is asked for where the server wants one', async () => {
    const url = `mariadb://reader@127.0.0.1:${server.port}/names`;
    expect([mysqlUrl.look(url), mysqlUrl.look(readerUrl(server)), mysqlUrl.look('mysql://a/b/c')]).toEqual([
      'without one',
      'with a password',
      'unreadable',
    ]);
    expect(await mysqlUrl.complete(url, () => Promise.resolve('p@ss:w/rd'))).toBe(`mariadb://reader:p%40ss%3Aw%2Frd@127.0.0.1:${server.port}/names`);
    process.env['MYSQL_PWD'] = 'p@ss:w/rd';
    try {
      expect(await list(url)).toEqual(['names.t']);
    } finally {
      delete process.env['MYSQL_PWD'];
    }
  });
});

/** A server that answers nothing. */
async function listen() {
  const { promise: called, resolve } = Promise.withResolvers<void>();
  const server = createServer(() => resolve()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => void (await new Promise((done) => server.close(done)));
  return { port, called, [Symbol.asyncDispose]: close };
}
