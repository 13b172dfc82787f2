import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commitLoad } from '../src/destinations/duckdb/commit.ts';
import { queryWarehouse, readLedger } from '../src/destinations/duckdb/read.ts';
import { isSameSource } from '../src/names/same-source.ts';
import { makeExtract, toRequest } from './support/warehouse-load.ts';

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-sources-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const place = () => join(folder, `${count++}`, 'warehouse.duckdb');
const orders = (source: string, id: number, more: { planned_at?: string; load_id?: string } = {}) =>
  makeExtract({ folder, source, columns: { id: 'BIGINT' }, parts: [`select ${id} as id`], ...more });
const ids = (warehouse: string) => queryWarehouse(warehouse, 'select id from public.orders');

test.each([
  ['databases', 'postgres://app@db.example.com/shop', 'postgres://app@db.example.com/shop_old'],
  ['servers', 'postgres://db.example.com/shop', 'postgres://db.example.org/shop'],
  ['ports', 'postgres://localhost/shop', 'postgres://localhost:5433/shop'],
  ['folders', '/data/2023', '/data/2024'],
  ['a folder and one below it', '/data', '/data/2024'],
  ['names', 'shop', 'crm'],
  ['a name and a URL', 'shop', 'postgres://localhost/shop'],
])('two %s with a table of one name: the second does not take the place of the first', async (_what, first, second) => {
  const warehouse = place();
  await commitLoad(toRequest(warehouse, await orders(first, 1)));
  const error = await commitLoad(toRequest(warehouse, await orders(second, 2))).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'CONFLICT',
    message: `In the warehouse public.orders was loaded from ${first}, not from ${second}. Nothing was replaced.`,
    hint: expect.stringMatching(/--into SCHEMA.*--overwrite/),
  });
  expect(await ids(warehouse)).toEqual([{ id: '1' }]);
  expect(await commitLoad(toRequest(warehouse, await orders(second, 2), { overwrite: true }))).toMatchObject({ outcome: 'committed' });
  expect(await ids(warehouse)).toEqual([{ id: '2' }]);
  // From now on it is the second one's.
  await expect(commitLoad(toRequest(warehouse, await orders(first, 3)))).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await readLedger(warehouse)).map(({ source }) => source)).toEqual([second, first]);
});

test.each([
  ['whoever reads it', 'postgres://app@db.example.com/shop', 'postgresql://etl@DB.example.com:5432/shop?sslmode=require'],
  ['in capitals', 'postgres://app@db.example.com/shop', 'PostgreSQL://app@db.example.com/shop'],
  ['as a URL in capitals', '/data/2024', 'FILE:///data/2024'],
  ['with a slash at its end', '/data/2024', 'file:///data/2024/'],
  ['by its own name', 'shop', 'shop'],
])('the same source %s is not another one', async (_how, first, second) => {
  expect(isSameSource(first, second)).toBe(true);
  const warehouse = place();
  await commitLoad(toRequest(warehouse, await orders(first, 1)));
  expect(await commitLoad(toRequest(warehouse, await orders(second, 2)))).toMatchObject({ outcome: 'committed' });
});

test('another source is refused also when its load was planned earlier, and no password that stands in a name is told', async () => {
  const warehouse = place();
  await commitLoad(toRequest(warehouse, await orders('postgres://a:secret@one/shop', 1)));
  const early = await orders('postgres://b:hidden@two/shop', 2, { planned_at: '2020-01-01T00:00:00Z' });
  const error = await commitLoad(toRequest(warehouse, early)).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('postgres://a@one/shop, not from postgres://b@two/shop') });
});

test('a table that a person has dropped is nobody’s, and a load that was committed already is not refused', async () => {
  const warehouse = place();
  const first = await orders('shop', 1);
  await commitLoad(toRequest(warehouse, first));
  await change(warehouse, 'drop table warehouse.public.orders');
  await commitLoad(toRequest(warehouse, await orders('crm', 2)));
  expect(await ids(warehouse)).toEqual([{ id: '2' }]);
  expect(await commitLoad(toRequest(warehouse, first))).toMatchObject({ outcome: 'already' });
});

test('a warehouse of a Sluice that noted no sources can be read, and its tables belong to whoever loads them next', async () => {
  const warehouse = place();
  await commitLoad(toRequest(warehouse, await orders('shop', 1)));
  await change(warehouse, 'alter table warehouse._sluice.load drop column source');
  expect(await readLedger(warehouse)).toMatchObject([{ source: null, rows_loaded: 1 }]);
  await commitLoad(toRequest(warehouse, await orders('crm', 2)));
  expect(await readLedger(warehouse)).toMatchObject([{ source: 'crm' }, { source: null }]);
  await expect(commitLoad(toRequest(warehouse, await orders('shop', 3)))).rejects.toMatchObject({ code: 'CONFLICT' });
});

/** What a person does to the file with DuckDB's own tools. */
async function change(warehouse: string, statement: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`attach '${warehouse}' as warehouse`);
  await connection.run(statement);
  connection.disconnectSync();
  instance.closeSync();
}
