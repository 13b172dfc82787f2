import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { queryWarehouse } from '../src/destinations/duckdb/read.ts';

let folder: string;
let warehouse: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-query-'));
  warehouse = join(folder, 'warehouse.duckdb');
  const instance = await DuckDBInstance.create(warehouse);
  const connection = await instance.connect();
  await connection.run(`create table t as select i as a, 'x' || i % 2 as b from range(1000) r(i)`);
  await connection.run('create schema _sluice; create table _sluice.quarantine as select 1 as line');
  await connection.run('create view v as select count(*) as n from t; create sequence s; create macro twice(x) as 2 * x');
  connection.closeSync();
  instance.closeSync();
  await writeFile(join(folder, 'other.csv'), 'a,b\n1,2\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const ask = (sql: string) => queryWarehouse(warehouse, sql);
const state = async () => ({
  files: (await readdir(folder)).sort(),
  warehouse: createHash('md5')
    .update(await readFile(warehouse))
    .digest('hex'),
});

describe('a query', () => {
  test.each([
    'from t limit 2',
    'select count(*) from t; ',
    '-- how many\nselect count(*) from t',
    'values (1)',
    'with c as (select a from t) select max(a) from c',
    'describe t',
    'summarize t',
    'show all tables',
    "pragma table_info('t')",
    'explain select * from t',
    'from _sluice.quarantine',
    'from v',
    'select twice(2)',
    'from duckdb_tables()',
    "from t pivot (count(*) for b in ('x0', 'x1'))",
    `select json_extract('{"a":1}', '$.a'), strftime(timestamp '2026-01-01', '%Y')`,
    'select count(*) from (select i, hash(i) as h from range(3000000) r(i) order by h)',
  ])('reads: %s', async (sql) => {
    expect((await ask(sql)).length).toBeGreaterThan(0);
  });

  test.each([
    "use memory; detach warehouse; attach 'FILE' as warehouse; drop table warehouse.t",
    'select 1; select 2',
    "insert into t values (1, 'x')",
    "with c as (select 1) insert into t select 1, 'x'",
    'update t set a = 2',
    'delete from t',
    'truncate t',
    'drop table t',
    'create table n as select 1',
    'create table memory.main.n as select 1',
    'create temp table n as select 1',
    'alter table t add column z integer',
    "select nextval('s')",
    'detach warehouse',
    "attach 'FILE' as again",
    "attach 'FOLDER/new.duckdb' as new",
    "copy t to 'FOLDER/out.csv'",
    "copy t from 'FOLDER/other.csv'",
    "explain analyze copy t to 'FOLDER/out.csv'",
    "export database 'FOLDER/out'",
    "import database 'FOLDER/out'",
    "from 'FOLDER/other.csv'",
    "from read_csv('FOLDER/other.csv')",
    "from read_text('/etc/hostname')",
    "from glob('FOLDER/*')",
    'set threads = 1',
    'set enable_external_access = true',
    'reset enable_external_access',
    'pragma enable_profiling',
    'use memory',
    'install httpfs',
    'load json',
    'checkpoint',
    'vacuum',
    'call force_checkpoint()',
    'begin',
    'prepare p as select 1',
    'execute p',
    'create secret (type s3)',
    "from enable_logging(storage = 'file', storage_path = 'FOLDER/log')",
    "call enable_logging(storage = 'file', storage_path = 'FOLDER/log')",
    '',
    ' ; -- nothing',
    'selct 1',
    'select nope from t',
    'from nope',
    "select cast('a' as integer)",
    'select ?',
    'pivot t on b using count(*)',
  ])('is refused as the mistake of who wrote it, and changes nothing: %s', async (sql) => {
    const before = await state();
    const error = await ask(sql.replaceAll('FILE', warehouse).replaceAll('FOLDER', folder)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'USAGE', hint: expect.any(String) });
    expect(await state()).toEqual(before);
  });

  test('that is wrong is told with the place', async () => {
    await expect(ask('select 1,\n  nope from t')).rejects.toThrow(/"nope".*LINE 2: {3}nope from t\n *\^/s);
  });
});
