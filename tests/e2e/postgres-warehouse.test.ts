import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pageAll } from '@sluice/client';
import { createTestDatabase, type TestDatabase } from '@sluice/server/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { sluice, withServer } from '../support/job.ts';
import { seconds } from '../support/patience.ts';

/* A warehouse that is a database of PostgreSQL, from the one command to the query, as a person with a password uses it. */

const SECRET = 'open sesame';

let home: string;
let database: TestDatabase;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-warehouse-'));
  database = await createTestDatabase(inject('postgres'));
  const name = new URL(database.url).pathname.slice(1);
  await rowsOf(
    `create role loader login password '${SECRET}'; grant create on database "${name}" to loader; grant create on schema public to loader`,
  );
});
afterAll(async () => {
  await sluice(home, ['reset', '--yes', '--force']).ended;
  await database.drop();
  await rowsOf('drop role loader', inject('postgres'));
  await rm(home, { recursive: true, force: true });
});

async function rowsOf<T extends pg.QueryResultRow>(sql: string, url = database.url): Promise<T[]> {
  const client = new pg.Client(url);
  await client.connect();
  return (await client.query<T>(sql).finally(() => client.end())).rows;
}

const place = () => Object.assign(new URL(database.url), { username: 'loader', password: '' }).href;
const run = (...args: string[]) => sluice(home, args, { PGPASSWORD: SECRET }).ended;

test('a sample of the demo is loaded into it and verified, twice, and is asked for by a query', { timeout: seconds(120) }, async () => {
  const { report, code, told } = await run('etl', '--sample', '0.002', '--warehouse', place(), '--verify', 'full', '--keep', '-o', 'json');
  expect(code, told).toBe(0);
  expect(report?.tables).toHaveLength(20);
  expect(report?.tables.filter(({ verified }) => !verified)).toEqual([]);
  expect(report).toMatchObject({ warehouse: place(), unreadable: [], older: [] });
  expect(report?.checks.map(({ equal }) => equal)).toEqual([true, true, true]);
  const [{ n } = { n: 0 }] = await rowsOf<{ n: number }>('select count(*)::int as n from public.flights');
  expect(n).toBe(report?.tables.find(({ table }) => table === 'public.flights')?.rows_loaded);
  const asked = await run('query', 'select count(*)::int as n from public.flights', '--warehouse', place(), '-o', 'json');
  expect([asked.code, JSON.parse(asked.said)], asked.told).toEqual([0, [{ n }]]);
  // The types are those of the source, not those of a file of DuckDB.
  const types = await rowsOf<{ type: string }>(
    `select distinct format_type(atttypid, atttypmod) as type from pg_attribute where attrelid = 'public.fx_rates'::regclass and attnum > 0`,
  );
  expect(types.map(({ type }) => type)).toContain('numeric');

  const again = await run('etl', '--sample', '0.002', '--warehouse', place(), '--only', 'public.c*', '-o', 'json');
  expect(again.code, again.told).toBe(0);
  const { runs, loads } = await withServer(home, async (client) => ({
    runs: await pageAll((page) => client.request('POST /flow_runs/filter', { body: page })),
    loads: await client.request('POST /table_loads/filter', { body: { newest: true, limit: 200 } }),
  }));
  expect(new Set(loads.map(({ warehouse }) => warehouse))).toEqual(new Set([place()]));
  const logs = await readFile(join(home, 'logs', 'server.log'), 'utf8').catch(() => '');
  expect(JSON.stringify(runs) + JSON.stringify(loads) + JSON.stringify(report) + told + logs).not.toContain(SECRET);
});

test('rows of files that cannot be kept stand in its quarantine, and mended they go into their table', { timeout: seconds(60) }, async () => {
  const folder = join(home, 'files');
  await mkdir(folder);
  await writeFile(join(folder, 'prices.csv'), `n,price\n${Array.from({ length: 50 }, (_, i) => `${i},${i}.5`).join('\n')}\n50,cheap\n`);
  const etl = await run('etl', '--source', folder, '--into', 'shop', '--warehouse', place(), '--type', 'price=double', '--keep', '-o', 'json');
  expect(etl.report?.tables).toMatchObject([{ target: 'shop.prices', rows_read: 51, rows_loaded: 50, rows_quarantined: 1 }]);
  const listed = await run('quarantine', 'ls', '--warehouse', place(), '-o', 'json');
  expect(JSON.parse(listed.said), listed.told).toMatchObject([{ table: 'shop.prices', rows: 1 }]);
  const shown = await run('quarantine', 'show', 'shop.prices', '--warehouse', place(), '-o', 'json');
  const [row] = JSON.parse(shown.said) as { id: string; raw: string }[];
  expect(row?.raw).toBe('50,cheap');
  const replay = await run('quarantine', 'replay', 'shop.prices', '--row', `${row?.id}=50,0.5`, '--warehouse', place());
  expect(replay.code, replay.said + replay.told).toBe(0);
  expect(await rowsOf('select count(*)::int as n, sum(price) as sum from shop.prices')).toEqual([{ n: 51, sum: 1250.5 }]);
});

test('what cannot be is said in a sentence: a password in the URL, a role without rights, a table of somebody else, a server that is gone', {
  timeout: seconds(60),
}, async () => {
  const folder = join(home, 'more');
  await mkdir(folder);
  await writeFile(join(folder, 'mine.csv'), 'n\n1\n');
  const etl = (warehouse: string, ...args: string[]) => run('etl', '--source', folder, '--keep', '-o', 'json', '--warehouse', warehouse, ...args);
  const withSecret = Object.assign(new URL(place()), { password: 'secret' }).href;
  const open = await etl(withSecret);
  expect(open).toMatchObject({ code: 2, told: expect.stringContaining('it has no password') });
  expect(open.told).not.toContain('secret');

  await rowsOf(
    'create schema main; create table main.mine as select 42 as answer; grant all on schema main to loader; grant all on main.mine to loader',
  );
  const taken = await etl(place());
  expect(taken.report?.tables).toMatchObject([
    { table: 'main.mine', verified: false, reason: expect.stringContaining('a table that no load of Sluice has made') },
  ]);
  expect(await rowsOf('select * from main.mine')).toEqual([{ answer: 42 }]);

  await rowsOf('create schema closed');
  const closed = await etl(place(), '--into', 'closed');
  expect(closed.report?.tables).toMatchObject([{ verified: false, reason: expect.stringContaining('"loader" has not the right in the warehouse') }]);

  const gone = await etl('postgres://loader@127.0.0.1:1/nowhere');
  expect(gone.code).toBe(5);
  expect(gone.told).toContain('PostgreSQL at 127.0.0.1:1 does not answer.');
});
