import { join } from 'node:path';
import { etlPaths, type Report } from '@sluice/etl';
import { expect, test } from 'vitest';
import { toSummary } from '../src/etl/summary.ts';

const home = '/nonexistent/home';

const loaded = (table: string, rows: number): Report['tables'][number] => ({
  table,
  target: table,
  rows_read: rows,
  rows_loaded: rows,
  rows_quarantined: 0,
  seconds: 1,
  worker: 'worker-1',
  host: 'machine-1',
  attempts: 1,
  verified: true,
  verify: 'sums',
  outcome: 'committed',
  reason: null,
  notes: [],
});
const failed = (table: string): Report['tables'][number] => ({
  ...loaded(table, 0),
  verified: false,
  verify: null,
  outcome: 'failed',
  reason: 'It is gone.',
});

function lines(report: Partial<Report>): string[] {
  const totals = { tables: 0, verified: 0, rows_read: 0, rows_loaded: 0, rows_quarantined: 0 };
  const empty = {
    flow_run_id: '',
    started: '',
    ended: '',
    tables: [],
    unreadable: [],
    older: [],
    totals,
    warehouse_bytes: 0,
    checks: [],
    compacted: null,
    note: '',
  };
  const text = toSummary({ ...empty, warehouse: etlPaths(home).warehouse, ...report }, { home, seconds: 1 });
  return text.split('\n');
}
const hint = async (report: Partial<Report>) =>
  lines(report)
    .find((line) => line.startsWith('Query it:'))
    ?.replace(/^Query it: +/, '');

test('tables that could not be read are counted among all', async () => {
  const unreadable = Array.from({ length: 7 }, (_, index) => ({ table: `public.t${index}`, reason: 'It cannot be read.' }));
  const tables = [loaded('public.a', 1), loaded('public.b', 1), loaded('public.c', 1)];
  const readme = { table: 'README', reason: 'It is no table.', entry: 'other' as const };
  expect(lines({ tables, unreadable: [...unreadable, readme] })).toContainEqual(expect.stringMatching(/^3 of 10 tables verified, /));
});

test('what was noted of a table stands under the tables', async () => {
  const tables = [{ ...loaded('public.a', 1), notes: ['column "A b" is called "a_b"', 'column "v" is kept as text'] }, loaded('public.b', 1)];
  expect(lines({ tables }).filter((line) => line.startsWith('note: '))).toEqual([
    'note: public.a: column "A b" is called "a_b"',
    'note: public.a: column "v" is kept as text',
  ]);
});

test('the query to try asks for the largest table that this job has loaded', async () => {
  const tables = [failed('public.huge'), loaded('main.small', 1), loaded('sales.large', 3000), loaded('public.middle', 20)];
  expect(await hint({ tables })).toBe(`npx sluice query 'select count(*) from "sales".large'`);
  expect(await hint({ tables: [loaded('main.empty', 0)] })).toBe('npx sluice query "select count(*) from main.empty"');
});

test('there is no query to try when nothing is loaded', async () => {
  expect(await hint({ tables: [failed('public.huge')] })).toBeUndefined();
  expect(await hint({})).toBeUndefined();
});

test.each([
  ['public.flights', '"select count(*) from public.flights"'],
  ['public.order', '"select count(*) from public.order"'],
  ['public."Big orders"', `'select count(*) from public."Big orders"'`],
  ['main."odd.name"', `'select count(*) from main."odd.name"'`],
  ['main.2026-orders', `'select count(*) from main."2026-orders"'`],
  [`public.it's`, `'select count(*) from public."it'\\''s"'`],
  ['public.a$b', `'select count(*) from public."a$b"'`],
])('the query of %s can be pasted into a shell', async (table, query) => {
  expect(await hint({ tables: [loaded(table, 1)] })).toBe(`npx sluice query ${query}`);
});

test('a warehouse that is not the home’s own is named', async () => {
  const tables = [loaded('main.orders', 1)];
  expect(await hint({ tables, warehouse: '/data/shop.duckdb' })).toBe(
    'npx sluice query "select count(*) from main.orders" --warehouse /data/shop.duckdb',
  );
  expect(await hint({ tables, warehouse: '/my data/shop.duckdb' })).toMatch(/ --warehouse "\/my data\/shop\.duckdb"$/);
  expect(await hint({ tables, warehouse: join(home, '.', 'etl', 'warehouse.duckdb') })).not.toContain('--warehouse');
});

test('a table that could not be read is named once', async () => {
  const unreadable = [
    { table: 'main.torn', reason: 'main.torn cannot be read as Parquet: No magic bytes found.' },
    { table: 'main.empty', reason: 'The file is empty: it has no columns.' },
  ];
  expect(lines({ unreadable }).filter((line) => line.startsWith('not read'))).toEqual([
    'not read: main.torn cannot be read as Parquet: No magic bytes found.',
    'not read: main.empty: The file is empty: it has no columns.',
  ]);
});

test('entries of a folder that nobody takes for tables do not count', async () => {
  const unreadable = [
    { table: 'README.md', reason: 'It is no table.', entry: 'other' as const },
    { table: 'sales.xlsx', reason: 'Excel is not read.', entry: 'data' as const },
    { table: 'main.torn', reason: 'main.torn cannot be read.' },
  ];
  expect(lines({ tables: [loaded('main.orders', 1)], unreadable }).join('\n')).toContain('1 of 3 tables verified');
});
