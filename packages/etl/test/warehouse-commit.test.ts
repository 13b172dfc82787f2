import { existsSync } from 'node:fs';
import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commitLoad } from '../src/destinations/duckdb/commit.ts';
import { openWarehouse } from '../src/destinations/duckdb/open.ts';
import { PartsMissing } from '../src/destinations/duckdb/parts.ts';
import { listWarehouse, queryWarehouse, readLedger, readQuarantine } from '../src/destinations/duckdb/read.ts';
import { StaleToken } from '../src/destinations/stale-token.ts';
import type { Extract } from '../src/model.ts';
import { type LoadOptions, makeExtract, quietContext, toRequest } from './support/warehouse-load.ts';

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

test('the same load again changes nothing and says so, when its parts are gone too', async () => {
  const { folder, warehouse } = place();
  const extract = await orders(folder);
  await commitLoad(toRequest(warehouse, extract));
  expect(await commitLoad(toRequest(warehouse, extract))).toMatchObject({ outcome: 'already', verified: true, rows_loaded: 130 });
  expect(await readLedger(warehouse)).toHaveLength(1);
});

test('a new load replaces the table whole, its columns too', async () => {
  const { folder, warehouse } = place();
  await commitLoad(toRequest(warehouse, await orders(folder)));
  await commitLoad(toRequest(warehouse, await orders(folder, { columns: { code: 'VARCHAR' }, parts: ["select '00501' as code"] })));
  expect(await queryWarehouse(warehouse, 'from public.orders')).toEqual([{ code: '00501' }]);
  expect(await readLedger(warehouse)).toHaveLength(2);
});

test('a table without rows has its columns', async () => {
  const { folder, warehouse } = place();
  expect(await commitLoad(toRequest(warehouse, await orders(folder, { parts: [] })))).toMatchObject({ verified: true, rows_loaded: 0 });
  expect(await queryWarehouse(warehouse, 'select count(id) + count(name) + count(price) as n from public.orders')).toEqual([{ n: '0' }]);
});

test('a load that was planned before the one that stands there replaces nothing, whatever its token', async () => {
  const { folder, warehouse } = place();
  await commitLoad(toRequest(warehouse, await orders(folder, { parts: [ROWS], planned_at: '2026-11-24T10:00:01Z' }), { flow_run_id: 'newer' }));
  const older = await orders(folder, { planned_at: '2026-11-24T11:00:00+02:00' });
  const load = await commitLoad(toRequest(warehouse, older));
  expect(load).toMatchObject({ outcome: 'superseded', verified: false, rows_loaded: 0 });
  expect(load.notes).toEqual(['Flow run newer, planned later, has loaded the table already: 100 rows.']);
  expect(await listWarehouse(warehouse)).toEqual([{ schema: 'public', name: 'orders', rows: 100 }]);
  expect(await readLedger(warehouse)).toHaveLength(1);
});

test('of two loads that were planned at one instant the one with the younger lease stands', async () => {
  const { folder, warehouse } = place();
  const planned_at = '2026-11-24T10:00:00.000Z';
  await commitLoad(toRequest(warehouse, await orders(folder, { parts: [ROWS], planned_at }), { token: 6 }));
  expect(await commitLoad(toRequest(warehouse, await orders(folder, { planned_at }), { token: 5 }))).toMatchObject({ outcome: 'superseded' });
  expect(await commitLoad(toRequest(warehouse, await orders(folder, { planned_at }), { token: 7 }))).toMatchObject({ outcome: 'committed' });
});

test('a lease that is not younger than that of the last commit is refused, and nothing is changed', async () => {
  const { folder, warehouse } = place();
  await commitLoad(toRequest(warehouse, await orders(folder, { parts: [ROWS] }), { token: 6 }));
  const error = await commitLoad(toRequest(warehouse, await orders(folder), { token: 6 })).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StaleToken);
  expect(error).toMatchObject({ code: 'LEASE_EXPIRED', highest: 6 });
  expect(await listWarehouse(warehouse)).toEqual([{ schema: 'public', name: 'orders', rows: 100 }]);
});

test('a table that is not what the source held is never seen: the old one stays, and what differs is named', async () => {
  const { folder, warehouse } = place();
  await commitLoad(toRequest(warehouse, await orders(folder, { parts: [ROWS] })));
  const honest = await orders(folder, { quarantined: [[1, 'broken']] });
  const changed = await orders(folder, { parts: [ROWS.replace('i / 4', 'i / 4 + (i = 7)::int'), MORE] });
  const extract = { ...changed, sums: honest.sums };
  const error = await commitLoad(toRequest(warehouse, extract)).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'TABLE_UNVERIFIED', details: [{ column: 'price', sum: 'sum', source: '1282.50', warehouse: '1283.50' }] });
  expect(`${error}`).toContain('public.orders is not what the source held: column "price", sum: 1282.50 in the source, 1283.50 in the warehouse.');
  expect(await listWarehouse(warehouse)).toEqual([{ schema: 'public', name: 'orders', rows: 100 }]);
  expect(await readLedger(warehouse)).toHaveLength(1);
  expect(existsSync(partsFolder(extract))).toBe(true);
});

test('rows that were read must be in the parts or in quarantine', async () => {
  const { folder, warehouse } = place();
  const extract = await orders(folder);
  const error = await commitLoad(toRequest(warehouse, { ...extract, rows_read: 131 })).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'TABLE_UNVERIFIED', details: [{ sum: 'rows read without bad rows', source: '131', warehouse: '130' }] });
});

test('the md5 of every row sees what sums do not: two values that changed places', async () => {
  const { folder, warehouse } = place();
  const pairs = (first: string, second: string) => [`select * from (values (1, '${first}'), (2, '${second}'), (3, 'a'), (4, 'z')) v(id, name)`];
  const columns = { id: 'INTEGER', name: 'VARCHAR' };
  const source = await makeExtract({ folder, columns, parts: pairs('x', 'y'), checksum: true });
  const swapped = await makeExtract({ folder, columns, parts: pairs('y', 'x'), checksum: true });
  await expect(commitLoad(toRequest(warehouse, { ...swapped, sums: source.sums }, { verify: 'full' }))).rejects.toThrow('checksum: ');
  expect(await commitLoad(toRequest(warehouse, source, { verify: 'full' }))).toMatchObject({ verified: true, verify: 'full' });
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

test('bad rows stand in quarantine, in the place of those of earlier loads of the table', async () => {
  const { folder, warehouse } = place();
  await commitLoad(toRequest(warehouse, await orders(folder, { name: 'others', quarantined: [[9, 'not a number']], bad_row_share: 0.01 })));
  await commitLoad(toRequest(warehouse, await orders(folder, { quarantined: [[1, 'too long']], bad_row_share: 0.01 })));
  const bad: [number, string][] = [
    [5, 'not a date'],
    [8, 'too many columns'],
  ];
  const latest = await orders(folder, { quarantined: bad, bad_row_share: 0.1 });
  expect(await commitLoad(toRequest(warehouse, latest))).toMatchObject({ verified: true, rows_read: 132, rows_loaded: 130, rows_quarantined: 2 });
  expect(await readQuarantine(warehouse, latest.plan.target)).toMatchObject([
    { load_id: latest.load_id, line: '5', reason: 'not a date', raw: 'raw' },
    { load_id: latest.load_id, line: '8', reason: 'too many columns', raw: 'raw' },
  ]);
  expect(await readQuarantine(warehouse, { schema: 'public', name: 'others' })).toHaveLength(1);
});

test('a table with more bad rows than its share is loaded, but not verified', async () => {
  const { folder, warehouse } = place();
  const load = await commitLoad(toRequest(warehouse, await orders(folder, { quarantined: [[1, 'not a date']] })));
  expect(load).toMatchObject({ outcome: 'committed', verified: false, rows_loaded: 130 });
  expect(load.notes).toEqual(['1 of 131 rows (0.763%) are in quarantine; up to 0.1% would count as verified.']);
});

test('names are what they are in the source: quotes, spaces, capitals, words of DuckDB', async () => {
  const { folder, warehouse } = place();
  const columns = { 'Cost "Total" $': 'INTEGER', select: 'VARCHAR', 'ÄÖ Ü': 'DATE' };
  const parts = [`select 1 as "Cost ""Total"" $", 'x' as "select", date '2026-01-01' as "ÄÖ Ü"`];
  const odd = { schema: 'my "schema"', name: "table's" };
  expect(await commitLoad(toRequest(warehouse, await makeExtract({ folder, columns, parts, ...odd })))).toMatchObject({ verified: true });
  expect(await listWarehouse(warehouse)).toEqual([{ ...odd, rows: 1 }]);
  expect(await queryWarehouse(warehouse, `from "my ""schema"""."table's"`)).toEqual([{ 'Cost "Total" $': 1, select: 'x', 'ÄÖ Ü': '2026-01-01' }]);
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

test('a load that is stopped leaves the warehouse as it was', async () => {
  const { folder, warehouse } = place();
  await commitLoad(toRequest(warehouse, await orders(folder, { parts: [ROWS] })));
  const controller = new AbortController();
  const context = quietContext(controller.signal);
  const progress = () => setImmediate(() => controller.abort(new Error('cancelled')));
  const big = await orders(folder, { parts: ["select i as id, 'n' as name, 1::decimal(10,2) as price from range(400000) r(i)"] });
  await expect(commitLoad(toRequest(warehouse, big, { context: { ...context, progress } }))).rejects.toThrow('cancelled');
  expect(await listWarehouse(warehouse)).toEqual([{ schema: 'public', name: 'orders', rows: 100 }]);
  expect(await commitLoad(toRequest(warehouse, big))).toMatchObject({ outcome: 'committed', rows_loaded: 400_000 });
});
