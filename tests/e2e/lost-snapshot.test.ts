import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { etlPaths, queryWarehouse } from '@sluice/etl';
import { createTestDatabase, type TestDatabase } from '@sluice/server/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { sluice, withServer } from '../support/job.ts';
import { seconds } from '../support/patience.ts';

/* A job that reads all tables in one snapshot, and loses it half-way. */

let home: string;
let database: TestDatabase;
let session: pg.Client;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-etl-'));
  database = await createTestDatabase(inject('postgres'));
  session = new pg.Client(database.url);
  await session.connect();
  // Who reads the view stands still for as long as this session has the lock.
  await session.query(`
    create table orders as select 1 as id;
    create table paid as select 1 as id;
    create function stand() returns boolean language plpgsql as $$ begin perform pg_advisory_lock_shared(1); return true; end $$;
    create view payments as select id from paid where stand();
    select pg_advisory_lock(1)`);
});
afterAll(async () => {
  await session.end();
  await sluice(home, ['reset', '--yes', '--force']).ended;
  await database.drop();
  await rm(home, { recursive: true, force: true });
});

const SOURCE_URL = () => Object.assign(new URL(database.url), { password: '' }).href;
const loaded = () =>
  withServer(home, (client) => client.request('POST /flow_runs/filter', { body: { flow_runs: { state: { type: { any_: ['COMPLETED'] } } } } }));
const pids = async (which: string): Promise<number[]> =>
  (await session.query(`select pid from pg_stat_activity where datname = current_database() and ${which}`)).rows.map(({ pid }) => pid);
const KEEPER = "application_name like 'sluice-snapshot %'";
const READER = `pid in (select pid from pg_locks where locktype = 'advisory' and not granted)`;

test('a job that loses its snapshot reads again what it has read in it: at the end all tables are of one instant', {
  timeout: seconds(120),
}, async () => {
  const { password } = new URL(database.url);
  const job = sluice(home, ['etl', '--source', SOURCE_URL(), '--snapshot', '-o', 'json'], { PGPASSWORD: password });
  await eventually(async () => expect((await loaded()).map(({ parameters }) => parameters['table'])).toContain('public.orders'), 60);
  const [keeper] = await pids(KEEPER);
  const [reader] = await eventually(async () => {
    const found = await pids(READER);
    expect(found).toHaveLength(1);
    return found;
  });

  await session.query('begin; insert into orders values (2); insert into paid values (2); commit');
  await session.query('select pg_terminate_backend(pid) from unnest($1::int[]) pid', [[keeper, reader]]);
  await eventually(async () => expect((await pids(KEEPER)).filter((pid) => pid !== keeper)).toHaveLength(1));
  await session.query('select pg_advisory_unlock(1)');

  const { report, code, told } = await job.ended;
  expect(code, told).toBe(0);
  expect(report?.tables.map(({ table, rows_loaded, verified }) => [table, rows_loaded, verified])).toEqual([
    ['public.orders', 2, true],
    ['public.paid', 2, true],
    ['public.payments', 2, true],
  ]);
  expect(report?.snapshots).toMatchObject([{ tables: ['public.orders', 'public.paid', 'public.payments'] }]);
  expect(await queryWarehouse(etlPaths(home).warehouse, 'select count(*)::varchar as n from public.orders')).toEqual([{ n: '2' }]);
});
