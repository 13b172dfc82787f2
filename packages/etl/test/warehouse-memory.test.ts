import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { commitLoad } from '../src/destinations/duckdb/commit.ts';
import { makeExtract, toRequest } from './support/warehouse-load.ts';

let folder: string;
let warehouse: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-memory-'));
  warehouse = join(folder, 'warehouse.duckdb');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a table of 600 columns is loaded', async () => {
  const names = Array.from({ length: 600 }, (_, index) => `c${index}`);
  const wide = `select ${names.map((name, index) => `(i * ${index})::integer as ${name}`).join(', ')} from range(1000) r(i)`;
  const columns = Object.fromEntries(names.map((name) => [name, 'INTEGER']));
  expect(await commitLoad(toRequest(warehouse, await makeExtract({ folder, columns, parts: [wide] })))).toMatchObject({ verified: true });
});

test('rows that need more memory than usual get it', async () => {
  const heavy = ["select repeat('x', 70_000_000) as document"];
  const load = await commitLoad(toRequest(warehouse, await makeExtract({ folder, columns: { document: 'VARCHAR' }, parts: heavy })));
  expect(load).toMatchObject({ verified: true, rows_loaded: 1 });
});
