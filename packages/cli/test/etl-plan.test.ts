import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TablePlan } from '@sluice/etl';
import { beforeEach, expect, test } from 'vitest';
import { toReadParameter } from '../src/etl/read-options.ts';
import { createSluice } from './support/sluice.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-plan-'));
  mkdirSync(join(root, 'source'));
  return () => rmSync(root, { recursive: true });
});

const plan = (...words: string[]) =>
  createSluice({ SLUICE_HOME: join(root, 'home'), SLUICE_SERVER_PORT: '0' }).run(['etl', '--source', 'source', '--plan', ...words], { cwd: root });

test('--plan shows columns, types, layout and notes of each table, and loads nothing', async () => {
  writeFileSync(join(root, 'source', 'orders.csv'), 'Export\n\nzip;price\n01234;1,50\n90210;2,25\n');
  const { code, stdout } = await plan();
  expect(code).toBe(0);
  expect(stdout).toMatch(/^main\.orders +orders\.csv → main\.orders, about 2 rows\ndelimiter ";", quote ", header in line 3, encoding UTF-8\n/);
  expect(stdout).toMatch(/^zip +VARCHAR +text$/m);
  expect(stdout).toMatch(/^note: Lines 1 to 2 come before the table and are left out: "Export"\.$/m);
  expect(stdout).toMatch(/^note: Column zip is kept as text: .*"01234".* The type BIGINT loads them all the same\.$/m);
  expect(existsSync(join(root, 'home', 'etl', 'warehouse.duckdb'))).toBe(false);
});

test('every guess is overruled by an option, and the plan as JSON says what is read', async () => {
  writeFileSync(join(root, 'source', 'orders.csv'), Buffer.from("skipped\n%\n'1';Stra\xdfe;1,5\nNA;x;2\n", 'latin1'));
  const words = ['--delimiter', ';', '--quote', "'", '--header', 'no', '--skip', '1', '--comment', '%', '--encoding', 'latin1'];
  const { code, stdout } = await plan(...words, '--null', 'NA', '--decimal', ',', '--type', 'column_1=int', '--type', 'column_9=int', '-o', 'json');
  const [table] = JSON.parse(stdout) as [{ columns: { duckdb_type: string }[]; file: object; notes: string[] }];
  expect(code).toBe(0);
  expect(table.columns.map(({ duckdb_type }) => duckdb_type)).toEqual(['INTEGER', 'VARCHAR', 'DOUBLE']);
  expect(table.file).toMatchObject({
    encoding: 'latin1',
    csv: { delimiter: ';', quote: "'", header: false, comment: '%', null_words: ['NA'], decimal: ',' },
  });
  expect(table.notes).toContain('It has no column column_9 to give the type INTEGER. Did you mean column_1 or column_2 or column_3?');
});

test('files of one layout are one table when --table says so, and keys of their folders are columns when that is asked', async () => {
  for (const [year, id] of [
    ['2023', 1],
    ['2024', 2],
  ] as const) {
    mkdirSync(join(root, 'source', 'orders', `year=${year}`), { recursive: true });
    writeFileSync(join(root, 'source', 'orders', `year=${year}`, 'part.csv'), `id,item\n${id},a\n`);
  }
  writeFileSync(join(root, 'source', 'other.csv'), 'x\n1\n');
  const shown = async (...words: string[]) => {
    const { code, stdout } = await plan('-o', 'json', ...words);
    expect(code).toBe(0);
    return (JSON.parse(stdout) as TablePlan[]).map(({ table, from, columns }) => [table, from.name, ...columns.map(({ name }) => name)]);
  };
  expect(await shown('--table', 'orders=orders', '--table', 'crm.pattern=orders/**/*.csv')).toEqual([
    ['main.orders', 'orders', 'id', 'item'],
    ['crm.pattern', 'orders/**/*.csv', 'id', 'item'],
  ]);
  expect(await shown('--table', 'orders=orders', '--partitions')).toEqual([['main.orders', 'orders', 'id', 'item', 'year']]);
  expect(await shown('--table', 'a=other.csv', '--table', 'orders=orders', '--only', 'main.a')).toEqual([['main.a', 'other.csv', 'x']]);
});

test.each([
  ['without its files', ['--table', 'orders'], /"orders" does not name a table and its files/],
  ['twice', ['--table', 'a=x.csv', '--table', 'main.a=y.csv'], /--table main\.a is given twice/],
])('a table %s is wrong usage', async (_what, words, message) => {
  writeFileSync(join(root, 'source', 'x.csv'), 'x\n1\n');
  expect(await plan(...words)).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
});

test('a snapshot of a folder, and tables of files of a database, are wrong usage', async () => {
  writeFileSync(join(root, 'source', 'x.csv'), 'x\n1\n');
  expect(await plan('--snapshot')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^Error: Only a database can be read in a snapshot: .*\nLeave out --snapshot/),
  });
  const sluice = createSluice({ SLUICE_HOME: join(root, 'home') });
  const database = await sluice.run(['etl', '--source', 'Postgres://me@127.0.0.1:1/db', '--table', 'a=x.csv'], { cwd: root });
  expect(database).toMatchObject({ code: 2, stderr: expect.stringMatching(/--table makes tables of the files of a folder/) });
});

test('a table that cannot be read is named with its reason, and is exit code 8', async () => {
  writeFileSync(join(root, 'source', 'a.csv'), Buffer.from('Stra\xdfe,n\nx,1\n', 'latin1'));
  const { code, stdout } = await plan();
  expect(code).toBe(8);
  expect(stdout).toMatch(/not read: .*line 1.*not UTF-8.*encoding/);
});

test('options of files beside a database, and a type without a column, are wrong usage', async () => {
  const sluice = createSluice({ SLUICE_HOME: join(root, 'home'), PGPASSWORD: 'x' });
  const database = await sluice.run(['etl', '--source', 'postgres://me@127.0.0.1:1/db', '--delimiter', ';'], { cwd: root });
  expect(database).toMatchObject({ code: 2, stderr: expect.stringMatching(/These options are for files/) });
  expect((await plan('--type', 'zip')).code).toBe(2);
});

test('what is said of files becomes a parameter of the job, and nothing is none', () => {
  expect(toReadParameter({ types: [], nullWords: [] } as never)).toBe(undefined);
  expect(toReadParameter({ delimiter: '\\t', header: 'no', skip: 0, types: ['a=b=int'], nullWords: ['NA'] } as never)).toEqual({
    csv: { delimiter: '\t', header: false, skip: 0, nullWords: ['NA'] },
    types: { 'a=b': 'int' },
  });
  expect(toReadParameter({ types: [], nullWords: [], partitions: true } as never)).toEqual({ partitions: true });
});
