import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pageAll } from '@sluice/client';
import { isFinal } from '@sluice/core/model/state-type';
import { etlPaths, listWarehouse, queryWarehouse } from '@sluice/etl';
import { readServerFile } from '@sluice/server';
import { createTestDatabase, type TestDatabase } from '@sluice/server/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { runningTable, sluice, withServer } from '../support/job.ts';
import { seconds } from '../support/patience.ts';

/* The one command, as a newcomer uses it, on small data. */

let home: string;
let folder: string;
let database: TestDatabase;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-etl-'));
  folder = join(home, 'files');
  await mkdir(folder);
  database = await createTestDatabase(inject('postgres'));
  await query(`
    create table orders as select i as id, i * 1.25 as price from generate_series(1, 1000) i;
    create view "Big orders" as select * from orders where id > 900;
    create table secrets as select 'hidden' as secret;
    alter table secrets enable row level security;
    create role reader login password 'let me in';
    grant select on all tables in schema public to reader`);
});
afterAll(async () => {
  await sluice(home, ['reset', '--yes', '--force']).ended;
  await database.drop();
  await query('drop role reader', inject('postgres'));
  await rm(home, { recursive: true, force: true });
});

async function query(sql: string, url = database.url): Promise<void> {
  await rowsOf(sql, url);
}

async function rowsOf<T extends pg.QueryResultRow>(sql: string, url = database.url): Promise<T[]> {
  const client = new pg.Client(url);
  await client.connect();
  return (await client.query<T>(sql).finally(() => client.end())).rows;
}

const sourceUrl = () => Object.assign(new URL(database.url), { username: 'reader', password: '' }).href;
const warehouse = () => etlPaths(home).warehouse;
const everyRun = () => withServer(home, (client) => pageAll((page) => client.request('POST /flow_runs/filter', { body: page })));

test('a folder of files becomes tables, and the report is all that is on standard output', { timeout: seconds(60) }, async () => {
  await writeFile(join(folder, 'zips.csv'), 'zip,city\n00501,Holtsville\n10001,New York\n');
  await writeFile(join(folder, 'events.ndjson'), '{"at":"2026-01-31T10:00:00Z","what":{"kind":"start"}}\n');
  const { report, code, told } = await sluice(home, ['etl', '--source', folder, '-o', 'json']).ended;
  expect(code, told).toBe(0);
  expect(report?.tables.map(({ table, rows_loaded, verified }) => [table, rows_loaded, verified])).toEqual([
    ['main.events', 1, true],
    ['main.zips', 2, true],
  ]);
  expect(JSON.parse(await readFile(etlPaths(home).report, 'utf8'))).toEqual(report);
  expect(await queryWarehouse(warehouse(), 'select zip from main.zips order by zip')).toEqual([{ zip: '00501' }, { zip: '10001' }]);
});

test('another folder with a table of the same name does not take its place unless that is asked; what a source has lost is named', {
  timeout: seconds(120),
}, async () => {
  const [first, second] = [join(home, 'year-1'), join(home, 'year-2')];
  await Promise.all([mkdir(first), mkdir(second)]);
  await writeFile(join(first, 'totals.csv'), 'total\n1\n');
  await writeFile(join(first, 'extra.csv'), 'extra\n1\n');
  await writeFile(join(second, 'totals.csv'), 'total\n2\n');
  const etl = (...args: string[]) => sluice(home, ['etl', '--warehouse', join(home, 'years.duckdb'), '-o', 'json', ...args]).ended;
  const totals = (schema = 'main') => queryWarehouse(join(home, 'years.duckdb'), `select total from ${schema}.totals`);
  expect(await etl('--source', first)).toMatchObject({ code: 0 });

  const refused = await etl('--source', second);
  expect(refused).toMatchObject({ code: expect.not.toBeOneOf([0, 70]), report: undefined });
  expect(refused.told).toContain(`In the warehouse main.totals was loaded from ${first}, not from ${second}. Nothing was replaced.`);
  expect(refused.told).toMatch(/--into SCHEMA.*--overwrite/);
  expect(await totals()).toEqual([{ total: '1' }]);

  expect((await etl('--source', second, '--into', 'later')).report?.tables).toMatchObject([
    { table: 'main.totals', target: 'later.totals', verified: true },
  ]);
  expect([await totals(), await totals('later')]).toEqual([[{ total: '1' }], [{ total: '2' }]]);

  await rm(join(first, 'extra.csv'));
  expect((await etl('--source', first)).report?.older).toMatchObject([
    { table: 'main.extra', rows: 1, reason: 'the source does not have it any more' },
  ]);
  expect(await etl('--source', second, '--overwrite')).toMatchObject({ code: 0 });
  expect(await totals()).toEqual([{ total: '2' }]);
});

test('every table of a database that this user may read is loaded; the others are named with a reason', { timeout: seconds(60) }, async () => {
  const job = sluice(home, ['etl', '--source', sourceUrl(), '--verify', 'full', '--keep', '-o', 'json'], { PGPASSWORD: 'let me in' });
  const { report, code, told } = await job.ended;
  expect(code, told).toBe(8);
  expect(report?.tables.map(({ table, rows_loaded, verified }) => [table, rows_loaded, verified])).toEqual([
    ['public.orders', 1000, true],
    ['public."Big orders"', 100, true],
  ]);
  expect(report?.unreadable).toEqual([{ table: 'public.secrets', reason: expect.stringContaining('row-level security') }]);
  const runs = await everyRun();
  expect(runs.length).toBeGreaterThan(4);
  expect(JSON.stringify(runs)).not.toContain('let me in');
});

test('retried, the job loads only what was not loaded', { timeout: seconds(60) }, async () => {
  // A person's own table stands where one of the tables is to go.
  await sluice(home, ['reset', '--yes', '--force']).ended;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'a.csv'), 'n\n1\n');
  await writeFile(join(folder, 'b.csv'), 'n\n1\n2\n');
  const other = await mkdtemp(join(tmpdir(), 'sluice-other-'));
  const file = join(other, 'mine.duckdb');
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const write = async (sql: string) => {
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    await connection.run(sql);
    connection.closeSync();
    instance.closeSync();
  };
  await write('create table b as select 42 as answer');
  const { report, code } = await sluice(home, ['etl', '--source', folder, '--warehouse', file, '--keep', '-o', 'json']).ended;
  expect(code).toBe(1);
  expect(report?.tables.map(({ table, verified, reason }) => [table, verified, reason])).toEqual([
    ['main.b', false, expect.stringContaining('not a load of this table')],
    ['main.a', true, null],
  ]);

  await write('drop table b');
  const before = await everyRun();
  await sluice(home, ['flow-run', 'retry', String(report?.flow_run_id), '--watch']).ended;
  const after = await everyRun();
  const tries = (runs: typeof after, table: string) => runs.filter(({ parameters }) => parameters['table'] === table).map(({ epoch }) => epoch);
  expect(tries(after, 'main.a')).toEqual(tries(before, 'main.a'));
  expect(tries(after, 'main.b')).toEqual([expect.any(Number)]);
  expect(tries(after, 'main.b')[0]).toBeGreaterThan(tries(before, 'main.b')[0] ?? 0);
  expect((await listWarehouse(file)).map(({ name, rows }) => [name, rows])).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
  await sluice(home, ['reset', '--yes', '--force']).ended;
  await rm(other, { recursive: true });
});

test('Ctrl+C in the middle cancels all runs and stops all processes; the next run works at once', { timeout: seconds(120) }, async () => {
  const demo = ['etl', '--tables', '4', '--sample', '0.01', '-o', 'json'];
  const job = sluice(home, demo);
  await runningTable(home);
  job.interrupt();
  expect((await job.ended).code).toBe(130);
  expect(await readServerFile(home)).toBeUndefined();

  const { report, code, told } = await sluice(home, [...demo, '--keep']).ended;
  expect(code, told).toBe(0);
  expect(report?.totals).toMatchObject({ tables: 4, verified: 4 });
  const runs = await everyRun();
  expect(runs.every(({ state_type }) => isFinal(state_type))).toBe(true);
  expect(runs.some(({ state_type }) => state_type === 'CANCELLED')).toBe(true);
});

test('a source that is not there is one sentence with the next step', { timeout: seconds(60) }, async () => {
  const { code, told } = await sluice(home, ['etl', '--source', 'postgres://reader@127.0.0.1:1/none', '-o', 'json'], { PGPASSWORD: 'x' }).ended;
  expect(code).toBe(5);
  expect(told).toContain('127.0.0.1:1');
  expect(told).not.toContain('    at ');
});

/** The session that reads the view, once it is another one than those before. */
const reader = (before: readonly number[]) =>
  eventually(async () => {
    const [found] = await rowsOf<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and query like 'select array[%"gated"%'`,
    );
    if (!found || before.includes(found.pid)) throw new Error('Nobody reads it yet.');
    return found.pid;
  });

test('a table whose connection is killed twice is loaded at the third try, and the report counts all three', { timeout: seconds(120) }, async () => {
  await query(`
    create table gate as select true as closed;
    create view gated as select 1 as id where case when (select closed from gate) then pg_sleep(3600) is null else true end;
    grant select on gated, gate to reader`);
  const job = sluice(home, ['etl', '--source', sourceUrl(), '--only', 'public.gated', '-o', 'json'], { PGPASSWORD: 'let me in' });
  const first = await reader([]);
  await query(`select pg_terminate_backend(${first})`);
  const second = await reader([first]);
  await query('update gate set closed = false');
  await query(`select pg_terminate_backend(${second})`);
  const { report, code, told } = await job.ended;
  expect(code, told).toBe(0);
  expect(report?.tables).toMatchObject([{ table: 'public.gated', rows_loaded: 1, verified: true, attempts: 3 }]);
  await query('drop view gated; drop table gate');
});

test('a server that asks for a key lets the job in, and nobody without it', { timeout: seconds(90) }, async () => {
  const own = await mkdtemp(join(tmpdir(), 'sluice-key-'));
  const key = 'a key of twenty letters and more';
  await writeFile(join(own, 'config.env'), `SLUICE_API_KEY=${key}\n`);
  await mkdir(join(own, 'files'));
  await writeFile(join(own, 'files', 'a.csv'), 'n\n1\n');
  const { report, code, told } = await sluice(own, ['etl', '--source', join(own, 'files'), '--keep', '-o', 'json']).ended;
  expect(code, told).toBe(0);
  expect(told).not.toContain(key);
  expect(report?.tables).toMatchObject([{ table: 'main.a', rows_loaded: 1, verified: true }]);
  await expect(withServer(own, (client) => client.request('POST /flow_runs/count', { body: {} }))).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  expect(await sluice(own, ['reset', '--yes', '--force']).ended).toMatchObject({ code: 0 });
  await rm(own, { recursive: true, force: true });
});
