import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { connectPostgres } from '../src/postgres/connect.ts';
import { copyToFile } from '../src/sources/postgres/copy-out.ts';
import { openTestSource, type TestSource } from './support/postgres-source.ts';

let source: TestSource;
let folder: string;
beforeAll(async () => {
  source = await openTestSource(inject('postgres'));
  folder = await mkdtemp(join(tmpdir(), 'sluice-copy-'));
  await source.sql(`create function trip(i int) returns int volatile language plpgsql as
    $$ begin if i = 30000 then raise exception 'stumbled'; end if; return i; end $$`);
});
afterAll(async () => {
  await source[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const copy = (client: Awaited<ReturnType<typeof connectPostgres>>, query: string, path = join(folder, 'rows.txt')) =>
  copyToFile(client, query, path, () => {});

test('rows of any length are in the file, a line each, behind the mark; rows and the longest line are counted', async () => {
  const client = await connectPostgres(source.url);
  const copied = await copy(client, `select i, repeat(chr(10), i % 5), repeat('x', i % 300 * 37) from generate_series(1, 3000) i`);
  await client.end();
  const lines = (await readFile(copied.path, 'utf8')).split('\n');
  expect(lines.pop()).toBe('');
  expect(copied).toMatchObject({ rows: 3000, longest: Math.max(...lines.map(({ length }) => length)) + 1 });
  expect(
    lines.every(
      (line, index) =>
        line === `${index === 0 ? '\ufeff' : ''}${index + 1}\t${'\\n'.repeat((index + 1) % 5)}\t${'x'.repeat(((index + 1) % 300) * 37)}`,
    ),
  ).toBe(true);
});

test('one value that is larger than every buffer', async () => {
  const client = await connectPostgres(source.url);
  const copied = await copy(client, `select repeat('x', 5000000) union all select 'y'`);
  await client.end();
  expect(copied).toMatchObject({ rows: 2, longest: 5_000_001 });
  expect((await readFile(copied.path)).length).toBe(3 + 5_000_001 + 2);
});

test('an error in the middle of the rows is that error, and the session goes on', async () => {
  const client = await connectPostgres(source.url);
  await expect(copy(client, `select trip(i), repeat('x', 200) from generate_series(1, 50000) i`)).rejects.toThrow('stumbled');
  expect((await client.query('select 7 as n')).rows).toEqual([{ n: 7 }]);
  expect(await copy(client, 'select 1 where false')).toMatchObject({ rows: 0, longest: 0 });
  expect((await client.query('select 8 as n')).rows).toEqual([{ n: 8 }]);
  await client.end();
});

test.skipIf(!existsSync('/dev/full'))('a full disk is one sentence with a next step', async () => {
  const client = await connectPostgres(source.url);
  const full = copy(client, `select repeat('x', 1000) from generate_series(1, 10000)`, '/dev/full');
  await expect(full).rejects.toMatchObject({ code: 'DISK_FULL', hint: expect.any(String) });
  await client.end();
});
