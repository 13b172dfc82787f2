import { existsSync } from 'node:fs';
import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commitLoad } from '../src/destinations/duckdb/commit.ts';
import { openWarehouse } from '../src/destinations/duckdb/open.ts';
import { listWarehouse, queryWarehouse, readLedger } from '../src/destinations/duckdb/read.ts';
import { PartsMissing } from '../src/destinations/parts.ts';
import type { Extract } from '../src/model.ts';
import { type LoadOptions, makeExtract, toRequest } from './support/warehouse-load.ts';

/* What is DuckDB's own in a commit; the rest is in suites/destination-suite.ts. */

let home: string;
let count = 0;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-warehouse-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** A place for one test. */
const place = () => {
  const folder = join(home, `${count++}`);
  return { folder, warehouse: join(folder, 'warehouse.duckdb') };
};

const COLUMNS = { id: 'BIGINT', name: 'VARCHAR', price: 'DECIMAL(10,2)' };
const ROWS = "select i as id, 'name ' || i as name, (i / 4)::decimal(10,2) as price from range(100) r(i)";
const MORE = 'select i as id, null as name, 1.5::decimal(10,2) as price from range(100, 130) r(i)';
const orders = (folder: string, more: Partial<LoadOptions> = {}) => makeExtract({ folder, columns: COLUMNS, parts: [ROWS, MORE], ...more });
const partsFolder = ({ parts }: Extract) => dirname(parts[0]?.file ?? '');

test('a table stands in the warehouse as it was planned, and its load in the ledger', async () => {
  const { folder, warehouse } = place();
  const extract = await orders(folder);
  const load = await commitLoad(toRequest(warehouse, extract, { token: 7, flow_run_id: 'run-7' }));
  expect(load).toMatchObject({ outcome: 'committed', verified: true, rows_read: 130, rows_loaded: 130, rows_quarantined: 0, table: 'public.orders' });
  const columns = await queryWarehouse(
    warehouse,
    "select column_name, data_type from duckdb_columns() where table_name = 'orders' order by column_index",
  );
  expect(Object.fromEntries(columns.map(({ column_name, data_type }) => [column_name, data_type]))).toEqual(COLUMNS);
  expect(await queryWarehouse(warehouse, 'select * from public.orders where id in (3, 129) order by id')).toEqual([
    { id: '3', name: 'name 3', price: '0.75' },
    { id: '129', name: null, price: '1.50' },
  ]);
  const [entry] = await readLedger(warehouse);
  expect(entry).toMatchObject({
    load_id: extract.load_id,
    flow_run_id: 'run-7',
    rows_loaded: 130,
    verified: true,
    schema_name: 'public',
    table_name: 'orders',
  });
  expect(existsSync(partsFolder(extract))).toBe(false);
});

test('parts that are gone, torn or of another length are told apart from a table that differs', async () => {
  const { folder, warehouse } = place();
  const refusal = async (extract: Extract) => {
    const error = await commitLoad(toRequest(warehouse, extract)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PartsMissing);
    expect(error).toMatchObject({ code: 'PARTS_MISSING' });
    return `${error}`;
  };
  const gone = await orders(folder);
  await rm(gone.parts[1]?.file ?? '');
  expect(await refusal(gone)).toContain('No files found');
  const torn = await orders(folder);
  await truncate(torn.parts[0]?.file ?? '', 100);
  expect(await refusal(torn)).toContain('No magic bytes');
  const other = await orders(folder);
  expect(await refusal({ ...other, parts: other.parts.map((part) => ({ ...part, rows: 99 })) })).toContain('holds 100 rows instead of 99');
  const noQuarantine = await orders(folder, { quarantined: [[1, 'broken']] });
  await rm(noQuarantine.quarantine_file ?? '');
  await refusal(noQuarantine);
  expect(await listWarehouse(warehouse)).toEqual([]);
});

test('a file that is called like a schema is no obstacle', async () => {
  const { folder } = place();
  const warehouse = join(folder, 'public.duckdb');
  expect(await commitLoad(toRequest(warehouse, await orders(folder)))).toMatchObject({ verified: true });
  expect(await commitLoad(toRequest(warehouse, await orders(folder, { schema: 'warehouse', name: 'warehouse' })))).toMatchObject({ verified: true });
});

test('tables whose names differ by case only do not overwrite each other', async () => {
  const { folder, warehouse } = place();
  await commitLoad(toRequest(warehouse, await orders(folder, { parts: [ROWS] })));
  for (const other of [{ name: 'Orders' }, { schema: 'PUBLIC' }]) {
    const error = await commitLoad(toRequest(warehouse, await orders(folder, other))).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'CONFLICT', hint: expect.stringMatching(/another (name|schema)/) });
  }
  expect(await listWarehouse(warehouse)).toEqual([{ schema: 'public', name: 'orders', rows: 100 }]);
});

test('what a person keeps in the warehouse is not overwritten', async () => {
  const { folder, warehouse } = place();
  await openWarehouse({ file: warehouse, access: 'write' }, async (open) => {
    await open.run('create table warehouse.main.orders as select 42 as answer');
    await open.run('create view warehouse.main.totals as select 1 as one');
  });
  for (const name of ['orders', 'totals']) {
    await expect(commitLoad(toRequest(warehouse, await orders(folder, { schema: 'main', name })))).rejects.toMatchObject({ code: 'CONFLICT' });
  }
  await expect(commitLoad(toRequest(warehouse, await orders(folder, { schema: '_SLUICE', name: 'load' })))).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  expect(await queryWarehouse(warehouse, 'from main.orders')).toEqual([{ answer: 42 }]);
});
