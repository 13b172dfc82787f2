import { cp, mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commitLoad } from '../src/destinations/duckdb/commit.ts';
import { openWarehouse } from '../src/destinations/duckdb/open.ts';
import { queryWarehouse } from '../src/destinations/duckdb/read.ts';
import { commitFault } from '../src/destinations/duckdb-faults.ts';
import { type LoadOptions, makeExtract, toRequest } from './support/warehouse-load.ts';

/** Words of DuckDB's own that no user is to see. */
const RAW = /Error:|LINE \d|Binder|Parser|Serialization|\n/;

let folder: string;
let good: string;
let loads = 0;
const load = (options: Partial<LoadOptions> = {}) =>
  makeExtract({ folder: join(folder, `${loads++}`), columns: { id: 'BIGINT' }, parts: ['select 1::bigint as id'], ...options });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-refused-'));
  good = join(folder, 'good.duckdb');
  await commitLoad(toRequest(good, await load()));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function overwrite(file: string, position: number, bytes: readonly number[]): Promise<void> {
  await cp(good, file);
  await using handle = await open(file, 'r+');
  await handle.write(Buffer.from(bytes), 0, bytes.length, position);
}

describe('a file that is no warehouse is refused in a sentence, with what to do', () => {
  test.each([
    ['another kind of file', (file: string) => writeFile(file, 'id,name\n'.repeat(5000)), /is not a DuckDB file/],
    ['an empty folder', (file: string) => mkdir(file), /is not a file/],
    // Behind the checksum of the first header and four letters stands the version of the storage.
    ['a file of a newer DuckDB', (file: string) => overwrite(file, 12, [0xff, 0x01]), /it was written by a newer DuckDB|is damaged/],
    [
      'a file whose headers are damaged',
      (file: string) =>
        overwrite(
          file,
          4096,
          Array.from({ length: 8192 }, () => 7),
        ),
      /is damaged/,
    ],
  ])('%s', async (name, make, says) => {
    const file = join(folder, `${name.replaceAll(' ', '-')}.duckdb`);
    await make(file);
    for (const access of ['read', 'write'] as const) {
      const error = await openWarehouse({ file, access }, async () => {}).catch((thrown: unknown) => thrown as Error);
      expect(error).toMatchObject({ code: 'INVALID_SETTING', message: expect.stringMatching(says), hint: expect.stringContaining('--warehouse') });
      expect((error as Error).message).not.toMatch(RAW);
    }
  });

  test('a folder that cannot be made', async () => {
    await writeFile(join(folder, 'file'), '');
    const error = await commitLoad(toRequest(join(folder, 'file/below/w.duckdb'), await load())).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ code: 'INVALID_SETTING' });
    expect((error as Error).message).not.toMatch(RAW);
  });
});

describe('a place that DuckDB has no room for is refused with what to do, and nothing is changed', () => {
  test.each([
    ['information_schema', 'tables'],
    ['INFORMATION_SCHEMA', 'orders'],
    ['Pg_Catalog', 'orders'],
    ['_SLUICE', 'load'],
    ['MAIN', 'orders'],
    ['Main', 'orders'],
    ['', 'orders'],
    ['shop', ''],
    ['sh\0op', 'orders'],
    ['shop', 'ord\0ers'],
  ])('%j.%j', async (schema, name) => {
    const error = await commitLoad(toRequest(good, await load({ schema, name }))).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ code: 'CONFLICT', kind: { lasting: true }, message: expect.stringContaining('--into') });
    expect((error as Error).message).not.toMatch(RAW);
    expect(await queryWarehouse(good, 'select count(*)::int as n from public.orders')).toEqual([{ n: 1 }]);
  });

  test('a schema that differs by case from one that is there: it would be looked for in vain at the next load', async () => {
    const error = await commitLoad(toRequest(good, await load({ schema: 'PUBLIC', name: 'others' }))).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('"public"'), hint: expect.stringContaining('--into') });
  });
});

test.each(['temp', 'TEMP', 'System', 'memory', 'warehouse', 'pg_temp', 'default', 'a.b', 'select', 'a"b', "a'b", ' '])(
  'a table of a schema named %j is loaded, again and again',
  async (schema) => {
    const warehouse = join(folder, `${loads++}.duckdb`);
    for (const _ of [1, 2]) expect(await commitLoad(toRequest(warehouse, await load({ schema })))).toMatchObject({ outcome: 'committed' });
  },
);

test.each([
  ['Constraint Error: Duplicate key "load_id: x" violates primary key constraint', 'INTERNAL'],
  ['Catalog Error: Schema with name x does not exist!', 'INTERNAL'],
  ['Out of Memory Error: failed to allocate data of size 8.0 GiB (3.1 GiB/4.0 GiB used)', 'TABLE_UNREADABLE'],
  ['IO Error: Could not write file "/x": Disk quota exceeded', 'DISK_FULL'],
  ["Out of Memory Error: failed to offload data block of size 256.0 KiB. This limit was set by the 'max_temp_directory_size' setting", 'DISK_FULL'],
])('what a commit meets is told with the table and what to do: %s', (message, code) => {
  const error = commitFault(new Error(`${message}\n\nLINE 1: insert …`), 'public.orders') as Error;
  expect(error).toMatchObject({ code, hint: expect.any(String) });
  expect(error.message).not.toMatch(RAW);
});
