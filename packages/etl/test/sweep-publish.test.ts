import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { commitLoad } from '../src/destinations/duckdb/commit.ts';
import { openWarehouse } from '../src/destinations/duckdb/open.ts';
import { publishWarehouse } from '../src/destinations/duckdb/publish.ts';
import { listWarehouse, queryWarehouse, readLedger } from '../src/destinations/duckdb/read.ts';
import { makeExtract, quietContext, toRequest } from './support/warehouse-load.ts';
import { ended, holdWarehouse } from './support/warehouse-process.ts';

let home: string;
let warehouse: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-publish-'));
  warehouse = join(home, 'warehouse.duckdb');
});
afterEach(() => rm(home, { recursive: true, force: true }));

const load = async (name: string, rows = 1000) => {
  const columns = { id: 'BIGINT', name: 'VARCHAR', at: 'TIMESTAMPTZ', ratio: 'DOUBLE' };
  const parts = [`select i as id, md5(i::varchar) as name, timestamptz '2026-01-01 00:00:00+00' as at, i / 3 as ratio from range(${rows}) r(i)`];
  await commitLoad(toRequest(warehouse, await makeExtract({ folder: home, name, columns, parts })));
};
const publish = (checks?: number) => publishWarehouse({ warehouse, ...(checks === undefined ? {} : { checks }), context: quietContext() });

test('tables are read again from the file and compared with what was committed', async () => {
  for (const name of ['a', 'b', 'c']) await load(name);
  await load('large', 130_000);
  const { checks, bytes } = await publish(4);
  expect([...checks].sort((x, y) => x.table.localeCompare(y.table))).toEqual([
    { table: 'public.a', method: 'md5', equal: true },
    { table: 'public.b', method: 'md5', equal: true },
    { table: 'public.c', method: 'md5', equal: true },
    { table: 'public.large', method: 'hash', equal: true },
  ]);
  expect(bytes).toBe((await stat(warehouse)).size);
  expect((await publish()).checks).toHaveLength(3);
});

test('one changed value is seen', async () => {
  await load('a');
  await openWarehouse({ file: warehouse, access: 'write' }, (each) => each.run(`update warehouse.public.a set name = 'x' where id = 500`));
  expect((await publish()).checks).toEqual([{ table: 'public.a', method: 'md5', equal: false }]);
});

test('tables that no load has made, and loads whose table is gone, are not checked', async () => {
  await load('a');
  await load('b');
  await openWarehouse({ file: warehouse, access: 'write' }, async (each) => {
    await each.run('create table warehouse.public.mine as select 1 as one');
    await each.run('drop table warehouse.public.a');
  });
  expect((await publish()).checks).toEqual([{ table: 'public.b', method: 'md5', equal: true }]);
});

test('a warehouse that is not there has nothing to publish', async () => {
  expect(await publish()).toEqual({ file: warehouse, bytes: 0, checks: [], compacted: null, present: [] });
});

/** A file most of whose blocks are free, and not at its end, where DuckDB would cut them off. */
async function waste(): Promise<void> {
  await load('dropped', 60_000);
  await load('kept', 10_000);
  await openWarehouse({ file: warehouse, access: 'write' }, async (each) => {
    await each.run('create view warehouse.public.recent as select * from warehouse.public.kept where id > 9990');
    await each.run('drop table warehouse.public.dropped');
  });
}

test('a file that is mostly free is made smaller, with all that is in it; once is enough', async () => {
  await waste();
  const before = await stat(warehouse);
  const { compacted, bytes } = await publish();
  expect(compacted?.bytes_before).toBe(before.size);
  expect(compacted?.bytes_after).toBe(bytes);
  expect(bytes).toBeLessThan(before.size / 2);
  expect(await listWarehouse(warehouse)).toEqual([{ schema: 'public', name: 'kept', rows: 10_000 }]);
  expect(await queryWarehouse(warehouse, 'select count(*)::integer as n from public.recent')).toEqual([{ n: 9 }]);
  expect(await readLedger(warehouse)).toHaveLength(2);
  const again = await publish();
  expect(again).toMatchObject({ compacted: null, checks: [{ table: 'public.kept', equal: true }] });
  await load('next');
  expect(await listWarehouse(warehouse)).toHaveLength(2);
});

test('a reader that has the old file open goes on reading it', async () => {
  await waste();
  const handle = await open(warehouse, 'r');
  const { ino, size } = await handle.stat();
  await publish();
  expect((await stat(warehouse)).ino).not.toBe(ino);
  expect((await handle.stat()).size).toBe(size);
  await handle.close();
  const reader = await holdWarehouse(warehouse, 'read');
  expect(await listWarehouse(warehouse)).toHaveLength(1);
  reader.stdin?.end();
  await ended(reader);
});
