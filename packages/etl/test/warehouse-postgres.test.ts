import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '@sluice/server/testing';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { commitLoad } from '../src/destinations/duckdb/commit.ts';
import { listWarehouse, queryWarehouse, readQuarantine } from '../src/destinations/duckdb/read.ts';
import { etlPaths } from '../src/home.ts';
import type { Load, TablePlan } from '../src/model.ts';
import { connectPostgres } from '../src/postgres/connect.ts';
import { extractPostgresTable } from '../src/sources/postgres/extract-table.ts';
import { planPostgresTable } from '../src/sources/postgres/plan-table.ts';
import { quietContext, toRequest } from './support/warehouse-load.ts';

/* One table through every step, from a real PostgreSQL into a real warehouse. The steps have tests of their own. */

let home: string;
let source: TestDatabase;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-postgres-'));
  source = await createTestDatabase(inject('postgres'));
});
afterAll(async () => {
  await source.drop();
  await rm(home, { recursive: true, force: true });
});

async function load(name: string, statements: string): Promise<Load> {
  const context = quietContext();
  const client = await connectPostgres(source.url, { signal: context.signal });
  await client.query('set default_transaction_read_only = off');
  await client.query(statements);
  const plan = (await planPostgresTable(client, { name: `public.${name}`, source: 'test' }, { sample: 1 })) as TablePlan;
  await client.end();
  const extract = await extractPostgresTable({ url: source.url, plan, load_id: name, home, verify: 'full', context });
  return commitLoad(toRequest(etlPaths(home).warehouse, extract, { verify: 'full' }));
}

test('values of every kind are in the warehouse as they are in PostgreSQL, by the md5 of every row', async () => {
  const done = await load(
    'kinds',
    `create type mood as enum ('sad', 'happy');
     create type pair as (a integer, b text);
     create table kinds (id bigint primary key, small smallint, amount numeric(38, 10), huge numeric, ratio double precision, flag boolean,
       letter char(4), words text, data bytea, day date, local timestamp, moment timestamptz, clock time, zoned timetz, span interval,
       guid uuid, document jsonb, raw json, bits bit(5), address inet, feeling mood, numbers integer[], names text[][], couple pair, price money, during tstzrange);
     insert into kinds values
       (1, -32768, 1234567890123456789012345678.0123456789, 1e131, '-0', true, 'ab', E'tab\\t"quote" \\\\ line\\nbreak', '\\x00ff', '4713-01-01 BC',
        'infinity', '-infinity', '24:00:00', '10:00:00-15:59', '-1 month +2 days -3.5 seconds', gen_random_uuid(), '{"a": [1, null]}', '{"a":1,"a":2}',
        B'10101', '::1/64', 'happy', '{1,null,3}', '{{a,b},{c,NULL}}', (1, 'x "y"'), -5.25, '[2026-01-01,)'),
       (2, null, null, 'NaN', 'NaN', null, null, '', '', null, null, null, null, null, null, null, null, null, null, null, null, '{}', '{}', null, null, null);`,
  );
  expect(done).toMatchObject({ verified: true, rows_read: 2, rows_loaded: 2, verify: 'full' });
});

test('a larger table, one without rows and one whose rows are partly bad', async () => {
  expect(
    await load('many', "create table many as select i as id, 'name ' || i as name, i % 7 = 0 as flag from generate_series(1, 50000) i"),
  ).toMatchObject({
    verified: true,
    rows_loaded: 50_000,
  });
  expect(await load('none', 'create table none (id integer, name text)')).toMatchObject({ verified: true, rows_loaded: 0 });
  const bad = await load(
    'bad',
    "create table bad (amount numeric(10, 2)); insert into bad select case when i = 5 then 'NaN' else i::numeric end from generate_series(1, 10) i",
  );
  expect(bad).toMatchObject({ verified: false, rows_read: 10, rows_loaded: 9, rows_quarantined: 1 });
  const { warehouse } = etlPaths(home);
  expect(await readQuarantine(warehouse, { schema: 'public', name: 'bad' })).toHaveLength(1);
  expect(await listWarehouse(warehouse)).toContainEqual({ schema: 'public', name: 'many', rows: 50_000 });
  expect(await queryWarehouse(warehouse, 'select count(*)::integer as n from public.many where flag')).toEqual([{ n: 7142 }]);
  expect(await readdir(etlPaths(home).parts)).toEqual(['none']);
});
