import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { checkSource } from '../src/etl/check-source.ts';
import { createSluice } from './support/sluice.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-etl-'));
  return () => rmSync(root, { recursive: true });
});

test('a source that cannot be one is refused before anything starts', async () => {
  const home = join(root, 'home');
  const etl = createSluice({ SLUICE_HOME: home, SLUICE_SERVER_PORT: '0' });
  const { code, stdout, stderr } = await etl.run(['etl', '--source', 'nowhere'], { cwd: root });
  expect(stderr).toMatch(/^Error: There is no folder \S+\/nowhere\.\nGive a folder with CSV, NDJSON or Parquet files, or a URL/);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(existsSync(home)).toBe(false);
});

test.each([
  ['a URL with a password', 'postgres://me:secret@host/db', 'Everybody on this machine can see a password in an argument.'],
  [
    'a URL with a password among its options',
    'postgres://me@host/db?sslmode=require&password=secret',
    'Everybody on this machine can see a password',
  ],
  ['a URL that cannot be parsed', 'postgres://me:secret@host:port/db', 'The URL of the source cannot be read.'],
  ['a URL of MySQL with a password', 'mysql://me:secret@host/db', 'Everybody on this machine can see a password in an argument.'],
  ['a URL of another database', 'oracle://me:secret@host/db', 'oracle://… is not a source that Sluice can read.'],
  ['a URL of a store', 's3://me:secret@bucket/orders', 'The URL of the source names no bucket.'],
  ['a URL of a web server with a password', 'https://me:secret@host/orders.csv', 'The URL of the source holds a user or a password'],
  ['a URL with a signature', 'https://host/orders.csv?sig=secret', 'behind which signatures stand'],
  ['a URL of a web server that names no file', 'https://host/folder/', 'a web server does not say which files it has'],
  ['a pattern in a store', 's3://bucket/orders-*.csv', 'The URL of the source is a pattern.'],
  ['a URL whose scheme is mistyped', 'postgress://me:secret@host/db', 'postgress://… is not a source that Sluice can read.'],
  ['a URL of Java', 'jdbc:postgresql://host/db?user=me&password=secret', 'jdbc:postgresql://… is not a source that Sluice can read.'],
  ['words of libpq', 'host=localhost dbname=shop password=secret', 'A database must be named by a URL.'],
  ['nothing', '', 'The source is empty.'],
])('%s is wrong usage, and its password is not repeated', async (_what, source, message) => {
  const error = await checkSource(source).catch((thrown: unknown) => thrown as Error);
  expect(error).toMatchObject({ code: 'USAGE', message: expect.stringContaining(message), hint: expect.any(String) });
  expect(JSON.stringify(error) + (error as Error).message).not.toContain('secret');
});

test.each([
  ['file', 'a.csv'],
  ['pattern', 'a-*.csv'],
])('a %s is no folder, and how it is a table is told', async (what, name) => {
  writeFileSync(join(root, 'a.csv'), 'a\n1\n');
  await expect(checkSource(join(root, name))).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringMatching(new RegExp(`is a ${what}, not a folder\\.$`)),
    hint: `Name the folder, and the files that make the table: --source ${root} --table 'orders=${name}'`,
  });
});

test('a folder with nothing to read is refused before anything is started, with the list of what it holds', async () => {
  mkdirSync(join(root, 'sheets'));
  writeFileSync(join(root, 'sheets', 'a.xlsx'), 'PK');
  await expect(checkSource(join(root, 'sheets'))).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining('a.xlsx: a workbook is not read'),
  });
});

test('folders and URLs of databases without a password may be sources, whether they answer or not', async () => {
  mkdirSync(join(root, 'exports'));
  writeFileSync(join(root, 'exports', 'a.csv'), 'a\n1\n');
  for (const source of [
    join(root, 'exports'),
    `file://${root}/exports`,
    `FILE://${root}/exports`,
    'postgres://me@host/db',
    'Postgres://me@host/db',
    'postgresql://localhost:5433/db?sslmode=require',
    'mysql://me@host/db',
    'mariadb://me@host/db',
  ])
    await expect(checkSource(source)).resolves.toBeUndefined();
});
