import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { commitLoad } from '../src/destinations/duckdb/commit.ts';
import { openWarehouse } from '../src/destinations/duckdb/open.ts';
import { listWarehouse, queryWarehouse, readLedger } from '../src/destinations/duckdb/read.ts';
import { makeExtract, quietContext, toRequest } from './support/warehouse-load.ts';
import { ended, holdWarehouse } from './support/warehouse-process.ts';

let home: string;
let warehouse: string;
const stack: AsyncDisposableStack[] = [];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-lock-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));
beforeEach(() => {
  warehouse = join(home, `${performance.now()}`, 'warehouse.duckdb');
  stack.push(new AsyncDisposableStack());
});
afterEach(() => stack.pop()?.disposeAsync());

const orders = (name = 'orders') =>
  makeExtract({ folder: home, name, columns: { id: 'INTEGER' }, parts: ['select i::integer as id from range(10) r(i)'] });

async function hold(access: 'read' | 'write') {
  const child = await holdWarehouse(warehouse, access);
  const release = async () => {
    child.stdin?.end();
    await ended(child);
  };
  stack.at(-1)?.defer(release);
  return { pid: child.pid, release };
}

test('a process that has the file open is waited for', async () => {
  const { release } = await hold('write');
  const commit = commitLoad(toRequest(warehouse, await orders()));
  const [load] = await Promise.all([commit, release()]);
  expect(load).toMatchObject({ outcome: 'committed' });
});

test('a process that does not let go is named, with its command and what to do', async () => {
  await commitLoad(toRequest(warehouse, await orders()));
  const { pid } = await hold('read');
  const error = await commitLoad(toRequest(warehouse, await orders(), { waitMs: 50 })).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'WAREHOUSE_LOCKED', hint: expect.stringContaining('Close the program') });
  expect(`${error}`).toContain(`is held by process ${pid} (`);
  expect(`${error}`).toContain('warehouse-holder.ts');
});

test('a reader that meets a load is told to wait a moment; readers do not disturb each other', async () => {
  await commitLoad(toRequest(warehouse, await orders()));
  const reader = await hold('read');
  expect(await listWarehouse(warehouse)).toEqual([{ schema: 'public', name: 'orders', rows: 10 }]);
  await reader.release();
  await hold('write');
  await expect(listWarehouse(warehouse, { waitMs: 50 })).rejects.toMatchObject({
    code: 'WAREHOUSE_LOCKED',
    hint: expect.stringContaining('wait a moment'),
  });
});

test('the wait ends when the run is stopped', async () => {
  await hold('write');
  const controller = new AbortController();
  const commit = commitLoad(toRequest(warehouse, await orders(), { context: quietContext(controller.signal) }));
  setImmediate(() => controller.abort(new Error('cancelled')));
  await expect(commit).rejects.toThrow('cancelled');
});

test('loads and readers of one process take turns: the file is never open twice', async () => {
  await commitLoad(toRequest(warehouse, await orders('a')));
  const load = commitLoad(toRequest(warehouse, await orders('b')));
  const readers = [1, 2, 3].map(() => queryWarehouse(warehouse, 'select count(*)::integer as rows from public.a'));
  expect(await Promise.all(readers)).toEqual([1, 2, 3].map(() => [{ rows: expect.any(Number) }]));
  expect(await load).toMatchObject({ outcome: 'committed' });
  expect((await listWarehouse(warehouse)).map(({ name }) => name)).toEqual(['a', 'b']);
});

test('a warehouse that is not there cannot be read', async () => {
  await expect(queryWarehouse(warehouse, 'select 1')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a file that is no warehouse is refused in a sentence', async () => {
  const file = join(home, 'notes.txt');
  await writeFile(file, 'not a database');
  const error = await openWarehouse({ file, access: 'write' }, async () => {}).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'INVALID_SETTING', hint: expect.stringContaining('--warehouse') });
  expect(`${error}`).toContain('it is not a DuckDB file');
});

test('a warehouse that somebody else made by hand has no ledger, and is read all the same', async () => {
  await openWarehouse({ file: warehouse, access: 'write' }, (open) => open.run('create table warehouse.main.mine as select 1 as one'));
  expect(await readLedger(warehouse)).toEqual([]);
  expect(await listWarehouse(warehouse)).toEqual([{ schema: 'main', name: 'mine', rows: 1 }]);
});
