import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { commitLoad } from '../src/destinations/duckdb/commit.ts';
import { listQuarantine, readLedger, readQuarantine } from '../src/destinations/duckdb/read.ts';
import { makeExtract, toRequest } from './support/warehouse-load.ts';

let folder: string;
let warehouse: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-see-'));
  warehouse = join(folder, 'warehouse.duckdb');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const COLUMNS = { id: 'BIGINT', 'odd "name"': 'VARCHAR', bytes: 'BLOB', list: 'INTEGER[]' };
const PARTS = [`select i as id, repeat('x', 300) as "odd ""name""", 'ab'::blob as bytes, [i, null]::integer[] as list from range(50) r(i)`];
const BAD = [
  [5, 'not a date'],
  [5, 'not a date'],
  [8, 'too many columns'],
] as const;

test('a load tells sums, first rows and quarantine of its table: values as text, the beginning of long ones', async () => {
  const extract = await makeExtract({ folder, columns: COLUMNS, parts: PARTS, quarantined: BAD });
  const { seen } = await commitLoad(toRequest(warehouse, extract, { preview_rows: 2 }));
  expect(seen).toMatchObject({
    sums: { rows: 50, columns: { id: { n: '50', sum: '1225' } } },
    preview: { columns: ['id', 'odd "name"', 'bytes', 'list'] },
    committed: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  });
  expect(seen?.preview.rows).toHaveLength(2);
  for (const [, text, bytes, list] of seen?.preview.rows ?? [])
    expect([text?.length, bytes, list]).toEqual([200, 'ab', expect.stringMatching(/^\[\d+, NULL\]$/)]);
  expect(seen?.quarantine.map(({ line, reason, raw }) => [line, reason, raw])).toEqual(BAD.map(([line, reason]) => [line, reason, 'raw']));
  expect(new Set(seen?.quarantine.map(({ id }) => id)).size).toBe(3);
});

test('a load that is committed already is seen as well, and one that another has replaced is not', async () => {
  const first = await makeExtract({ folder, columns: { id: 'BIGINT' }, parts: ['select 1::bigint as id'] });
  await commitLoad(toRequest(warehouse, first, { preview_rows: 5 }));
  const again = await commitLoad(toRequest(warehouse, first, { preview_rows: 5 }));
  expect(again).toMatchObject({ outcome: 'already', seen: { preview: { rows: [['1']] } } });
  const older = await makeExtract({ folder, columns: { id: 'BIGINT' }, parts: ['select 2::bigint as id'], planned_at: '2020-01-01T00:00:00Z' });
  expect(await commitLoad(toRequest(warehouse, older, { preview_rows: 5 }))).toMatchObject({ outcome: 'superseded', seen: undefined });
});

test('tables with rows in quarantine are listed with the reason of most', async () => {
  const load = (name: string, quarantined: typeof BAD | readonly []) =>
    makeExtract({ folder, name, columns: { id: 'BIGINT' }, parts: ['select 1::bigint as id'], quarantined });
  for (const extract of [await load('b', BAD), await load('a', []), await load('c', BAD)]) await commitLoad(toRequest(warehouse, extract));
  expect(await listQuarantine(warehouse)).toEqual([
    { table: 'public.b', rows: 3, reason: 'not a date', load_id: expect.any(String) },
    { table: 'public.c', rows: 3, reason: 'not a date', load_id: expect.any(String) },
  ]);
});

test('a warehouse of an older Sluice is read, and gets the columns that it lacks with its next load', async () => {
  const extract = await makeExtract({ folder, columns: { id: 'BIGINT' }, parts: ['select 1::bigint as id'], quarantined: BAD });
  await commitLoad(toRequest(warehouse, extract));
  const instance = await DuckDBInstance.create(warehouse);
  const connection = await instance.connect();
  for (const column of ['replay_of', 'plan']) await connection.run(`alter table _sluice.load drop column ${column}`);
  await connection.run('alter table _sluice.quarantine drop column mended');
  instance.closeSync();
  expect(await readQuarantine(warehouse, { schema: 'public', name: 'orders' })).toMatchObject([{ mended: null }, {}, {}]);
  expect(await readLedger(warehouse)).toMatchObject([{ replay_of: null }]);
  const next = await makeExtract({ folder, columns: { id: 'BIGINT' }, parts: ['select 1::bigint as id'], quarantined: BAD });
  expect(await commitLoad(toRequest(warehouse, next))).toMatchObject({ outcome: 'committed', rows_quarantined: 3 });
});
