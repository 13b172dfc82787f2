import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { extractFile, planFile } from '@sluice/etl';
import { createTestDatabase, type TestDatabase } from '@sluice/server/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { DEMO_TABLES, DIRTY_ROWS, seedDemo } from './index.ts';

const SAMPLE = 0.01;

let database: TestDatabase;
let client: pg.Client;
let root: string;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase(inject('postgres'));
  client = new pg.Client(database.url);
  await client.connect();
  root = await mkdtemp(join(tmpdir(), 'sluice-demo-'));
  folder = join(root, 'files');
  await seedDemo({ postgresUrl: database.url, folder, sample: SAMPLE });
});

afterAll(async () => {
  await client.end();
  await database.drop();
  await rm(root, { recursive: true, force: true });
});

async function one(sql: string): Promise<unknown> {
  const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
  return rows[0]?.[0];
}

/** The first row, then one whenever the share is full again; of a small table five. */
const rowsOfShare = (rows: number): number => Math.floor((rows - 1) * Math.max(SAMPLE, 5 / rows)) + 1;

test('there are 20 tables with 4,112,051 rows, numbered from 0, the largest first', () => {
  expect(DEMO_TABLES.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, index) => index));
  expect(DEMO_TABLES.reduce((sum, { rows }) => sum + rows, 0)).toBe(4_112_051);
  expect(DEMO_TABLES.toSorted((a, b) => b.rows - a.rows)).toEqual(DEMO_TABLES);
  expect(DEMO_TABLES.filter(({ source }) => source === 'demo')).toHaveLength(17);
});

test('17 tables are in the database, each with its share of rows', async () => {
  for (const { name, rows } of DEMO_TABLES.filter(({ source }) => source === 'demo')) {
    expect([name, Number(await one(`select count(*) from public."${name}"`))]).toEqual([name, rowsOfShare(rows)]);
  }
});

test('three tables are files, and nothing else is in the folder', async () => {
  expect((await readdir(folder)).filter((name) => !name.startsWith('.')).sort()).toEqual(['emoji.ndjson', 'weather_hourly.parquet', 'zipcodes.csv']);
  const duckdb = await (await DuckDBInstance.create()).connect();
  const hours = await duckdb.runAndReadAll(
    `select count(*), min(date)::varchar, typeof(any_value(pressure)) from read_parquet('${folder}/weather_hourly.parquet')`,
  );
  expect(hours.getRowsJson()).toEqual([[String(rowsOfShare(8759)), '2010-01-01 01:00:00', 'DOUBLE']]);
});

test('values are what makes the tables real', async () => {
  expect(await one(`select count(*) > 100 from cities where name ~ '[^[:ascii:]]'`)).toBe(true);
  expect(await one(`select count(*) > 100 from cities where admin2 = ''`)).toBe(true);
  expect(await one(`select pg_typeof(rate)::text from fx_rates limit 1`)).toBe('numeric');
  expect(await one(`select count(*) > 0 from birdstrikes where "Speed IAS in knots" is null and "Cost Total $" is not null`)).toBe(true);
  expect(await one(`select count(distinct jsonb_typeof(version_added)) from browser_support`)).toBe('2');
  expect(await one(`select count(*) > 0 from browser_support where cardinality(notes) > 0`)).toBe(true);
  expect(await one(`select extract(epoch from updated_at) * 1000 = (properties ->> 'updated')::numeric from earthquakes limit 1`)).toBe(true);
  expect(await one(`select license_text like E'%\\n%"%' from spdx_licenses limit 1`)).toBe(true);
  expect(await one(`select count(*) from penguins where "Beak Length (mm)" is not null`)).not.toBe('0');
  expect(await one(`select translations -> 'jpn' ->> 'common' from countries limit 1`)).toBe('アルバ');
  expect(await one(`select count(*) from flights where date >= '2001-01-01' and date <= '2001-07-01'`)).toBe('30000');
  expect((await readFile(join(folder, 'zipcodes.csv'), 'utf8')).split('\n')[1]).toMatch(/^00501,/);
  expect(await readFile(join(folder, 'emoji.ndjson'), 'utf8')).toMatch(/\p{Emoji_Presentation}/u);
});

test('a second call returns at once, and one with other options does not', async () => {
  const again = { postgresUrl: database.url, folder, sample: SAMPLE };
  expect(await seedDemo(again)).toMatchObject({ cached: true });
  const told: string[] = [];
  const seeded = await seedDemo({ ...again, tables: ['co2', 'emoji'], onProgress: ({ table }) => told.push(table) });
  expect(seeded).toMatchObject({ cached: false, tables: [{ name: 'emoji' }, { name: 'co2' }] });
  expect(told.sort()).toEqual(['co2', 'emoji']);
});

test('what a killed filling has left is filled again', async () => {
  const options = { postgresUrl: database.url, folder, sample: 1, tables: ['penguins', 'zipcodes'] };
  await seedDemo(options);
  await client.query(`comment on database ${database.name} is null; truncate penguins`);
  await rm(join(folder, '.filled'));
  await writeFile(join(folder, 'zipcodes.csv'), 'half of');
  expect(await seedDemo(options)).toMatchObject({ cached: false });
  expect(await one('select count(*) from penguins')).toBe('344');
  expect((await readFile(join(folder, 'zipcodes.csv'), 'utf8')).match(/\n/g)).toHaveLength(42_050);
});

test.each(['co2', 'cities'])('given up when %s was filled, it says so, and is filled again by the next call', async (last) => {
  const tables = ['flights', 'caniuse_support', 'cities', 'co2', 'weather_hourly'];
  const options = { postgresUrl: database.url, folder: join(root, `given-up-${last}`), sample: 0.1, tables };
  await client.query(`comment on database ${database.name} is null`);
  const stop = new AbortController();
  const onProgress = ({ table }: { table: string }) => table === last && stop.abort(new Error('enough'));
  await expect(seedDemo({ ...options, onProgress, signal: stop.signal })).rejects.toThrow('enough');
  await expect.poll(() => one(`select count(*) from pg_stat_activity where datname = '${database.name}' and pid <> pg_backend_pid()`)).toBe('0');
  expect(await seedDemo(options)).toMatchObject({ cached: false });
  expect(await one('select count(*) from flights')).toBe('300000');
});

test('two that fill at once do not disturb each other', async () => {
  const options = { postgresUrl: database.url, folder, sample: 1, tables: ['co2', 'regions'] };
  const seeded = await Promise.all([seedDemo(options), seedDemo(options)]);
  expect(seeded.map(({ cached }) => cached).sort()).toEqual([false, true]);
});

test('rates need 39 digits: more than any number type of a warehouse has', async () => {
  await seedDemo({ postgresUrl: database.url, folder, tables: ['fx_rates'] });
  expect(await one('select max(scale(rate)) + max(length(trunc(rate)::text)) from fx_rates')).toBe(39);
  expect(await one('select count(*) from fx_rates')).toBe('114921');
});

test('dirty files hold exactly so many bad rows, and still can be verified', async () => {
  const dirty = join(root, 'dirty');
  await seedDemo({ postgresUrl: database.url, folder: dirty, tables: ['zipcodes', 'emoji'], sample: SAMPLE, dirty: true });
  const context = { signal: new AbortController().signal, log: { info() {}, warn() {} }, progress() {} };
  for (const [name, bad] of Object.entries(DIRTY_ROWS)) {
    const types = name === 'zipcodes' ? { latitude: 'DOUBLE', longitude: 'DOUBLE' } : {};
    const plan = await planFile(dirty, { name, source: 'demo-files', types }, { sample: 1 });
    if (!('columns' in plan)) throw new Error(plan.reason);
    const extract = await extractFile({ folder: dirty, plan, load_id: name, home: join(root, 'home'), verify: 'full', context });
    const rows = DEMO_TABLES.find((table) => table.name === name)?.rows ?? 0;
    expect(extract).toMatchObject({ rows_read: rows + bad, rows_quarantined: bad, sums: { rows } });
    expect(bad).toBeLessThan((rows + bad) * plan.bad_row_share);
  }
});
