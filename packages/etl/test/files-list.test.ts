import { readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findTableFiles, listFiles } from '../src/sources/files/list-files.ts';
import { FilesTrial } from './support/files-load.ts';

let trial: FilesTrial;
beforeAll(async () => {
  trial = await FilesTrial.start();
  await trial.write('orders.csv', 'a,b\n1,2\n');
  await trial.write('Orders.ndjson', '{"a": "a longer file is listed first"}\n');
  await trial.write('odd.name.tsv', 'a\tb\n');
  await trial.write('packed.csv.gz', 'x');
  await trial.write('LOUD.CSV.GZ', 'x');
  await trial.write('columns.tab', 'a\tb\n');
  await trial.write('customers.json', '[]');
  await trial.write('modern.jsonl.zst', 'x');
  await trial.write('readme.txt', 'no table');
  await trial.write('LICENSE', 'no table');
  await trial.write('sheet.xlsx', 'PK');
  await trial.write('old.csv.bz2', 'BZh');
  await trial.write('inside.csv', Buffer.from('BZh91AY&SY and so on', 'latin1'));
  await trial.write('twice.parquet.gz', 'x');
  await trial.write('.hidden.csv', 'a\n');
  await trial.write('.git/config.csv', 'a\n');
  await trial.write('sales/2026/june.jsonl', '{}\n');
  await trial.write('sales/june.parquet', 'no Parquet, but called so');
  await trial.write('.outside.csv', 'a\n');
  await symlink(join(trial.folder, '.outside.csv'), join(trial.folder, 'link.csv'));
  await symlink(join(trial.folder, 'sales'), join(trial.folder, 'linked-folder'));
});
afterAll(async () => {
  await trial[Symbol.asyncDispose]();
});

test('each file is a table by its name, in a schema by its subfolder; hidden files, links and others are none', async () => {
  const { tables } = await findTableFiles(trial.folder);
  expect(tables.map(({ schema, name, path, kind }) => ({ schema, name, path, kind }))).toEqual([
    { schema: 'main', name: 'LOUD', path: 'LOUD.CSV.GZ', kind: 'csv' },
    { schema: 'main', name: 'Orders', path: 'Orders.ndjson', kind: 'ndjson' },
    { schema: 'main', name: 'columns', path: 'columns.tab', kind: 'csv' },
    { schema: 'main', name: 'customers', path: 'customers.json', kind: 'ndjson' },
    { schema: 'main', name: 'modern', path: 'modern.jsonl.zst', kind: 'ndjson' },
    { schema: 'main', name: 'odd.name', path: 'odd.name.tsv', kind: 'csv' },
    { schema: 'main', name: 'orders_2', path: 'orders.csv', kind: 'csv' },
    { schema: 'main', name: 'packed', path: 'packed.csv.gz', kind: 'csv' },
    { schema: 'sales_2026', name: 'june', path: 'sales/2026/june.jsonl', kind: 'ndjson' },
    { schema: 'sales', name: 'june', path: 'sales/june.parquet', kind: 'parquet' },
  ]);
});

test('every entry of the folder is a table, or is named with the reason why it is not read', async () => {
  const { tables, others } = await findTableFiles(trial.folder);
  expect(Object.fromEntries(others.map(({ path, reason, is_data }) => [path, `${is_data ? 'missed' : 'not missed'}, ${reason}`]))).toEqual({
    '.git': expect.stringContaining('not missed, its name begins with a dot'),
    '.hidden.csv': expect.stringContaining('its name begins with a dot'),
    '.outside.csv': expect.stringContaining('its name begins with a dot'),
    LICENSE: expect.stringContaining('not missed, its name has no ending'),
    'readme.txt': expect.stringContaining("not missed, a text file is read as CSV only where the list names it: from: 'readme.txt'"),
    'sheet.xlsx': expect.stringContaining('missed, a workbook is not read: save each sheet as CSV'),
    'old.csv.bz2': expect.stringContaining('missed, bzip2 is not unpacked here'),
    'inside.csv': expect.stringContaining('missed, it is packed by bzip2'),
    'twice.parquet.gz': expect.stringContaining('missed, Parquet is packed inside'),
    'link.csv': expect.stringContaining('missed, it is a link'),
    'linked-folder': expect.stringContaining('missed, it is a link'),
  });
  const entries = await readdir(trial.folder);
  const told = [...tables, ...others].map(({ path }) => path.split('/')[0]);
  expect([...new Set(told)].sort()).toEqual(entries.sort());
});

test.each([
  ['an empty folder', {}, /it is empty/],
  ['a folder of what is not read', { 'a.xlsx': 'PK', 'b.txt': 'x' }, /a\.xlsx: a workbook.*\n.*b\.txt: a text file/],
])('%s is an error with the list of what it holds', async (_what, files, message) => {
  await using other = await FilesTrial.start();
  for (const [name, content] of Object.entries(files)) await other.write(name, content);
  await expect(listFiles(other.folder)).rejects.toMatchObject({ code: 'USAGE', message: expect.stringMatching(message) });
});

test('a text file that the list names is read as CSV', async () => {
  await trial.write('readme.txt', 'a,b\n1,x\n');
  expect(await trial.plan({ name: 'notes', from: 'readme.txt' })).toMatchObject({ kind: 'csv', columns: [{ name: 'a' }, { name: 'b' }] });
});

test('a file that would be the same table as another one gets a new name, and its plan says so', async () => {
  const plan = await trial.plan({ name: 'main.orders_2' });
  expect(plan).toMatchObject({ target: { schema: 'main', name: 'orders_2' }, from: { name: 'orders.csv' } });
  expect(plan).toHaveProperty('notes', ['orders.csv is called main.orders_2 in the warehouse: names that differ only by case are the same there.']);
});

test('a list names the largest file first, and every name of it can be planned', async () => {
  const { tables, unreadable } = await listFiles(trial.folder);
  expect(unreadable).toContainEqual({ table: 'sheet.xlsx', reason: expect.stringContaining('CSV.'), entry: 'data' });
  expect(unreadable).toContainEqual({ table: 'LICENSE', reason: expect.any(String), entry: 'other' });
  expect(tables[0]).toBe('main.Orders');
  expect(tables).toContain('main."odd.name"');
  expect(await trial.plan({ name: 'main."odd.name"' })).toMatchObject({ from: { name: 'odd.name.tsv' } });
});

test('patterns pick among the tables, and one that names nothing tells of its neighbours', async () => {
  expect((await listFiles(trial.folder, { only: 'sales.*,packed' })).tables.sort()).toEqual(['main.packed', 'sales.june']);
  await expect(listFiles(trial.folder, { only: 'main.ordres_2' })).rejects.toMatchObject({
    code: 'USAGE',
    hint: expect.stringContaining('main.orders_2'),
  });
});

test('a folder that is not there is an error with a next step', async () => {
  await expect(listFiles(join(trial.folder, 'nowhere'))).rejects.toMatchObject({
    code: 'SOURCE_UNREACHABLE',
    hint: expect.stringContaining('exists'),
  });
});

test('a table without a file, a file outside of the folder, and a link that leads out of it are unreadable with their reasons', async () => {
  expect(await trial.plan({ name: 'custumers' })).toMatchObject({ reason: expect.stringContaining('No file of the folder is called custumers.') });
  expect(await trial.plan({ name: 'x', from: '../home/x.csv' })).toMatchObject({ reason: expect.stringContaining('not below the folder') });
  await trial.write('../away.csv', 'a,b\n1,2\n');
  await symlink(join(trial.root, 'away.csv'), join(trial.folder, '.away.csv'));
  expect(await trial.plan({ name: 'x', from: '.away.csv' })).toMatchObject({ reason: expect.stringContaining('leads out of the folder') });
});
