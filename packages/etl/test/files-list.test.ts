import { symlink } from 'node:fs/promises';
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
  await trial.write('readme.txt', 'no table');
  await trial.write('.hidden.csv', 'a\n');
  await trial.write('.git/config.csv', 'a\n');
  await trial.write('sales/2026/june.jsonl', '{}\n');
  await trial.write('sales/june.parquet', 'no Parquet, but called so');
  await trial.write('.outside.csv', 'a\n');
  await symlink(join(trial.folder, '.outside.csv'), join(trial.folder, 'link.csv'));
});
afterAll(async () => {
  await trial[Symbol.asyncDispose]();
});

test('each file is a table by its name, in a schema by its subfolder; hidden files, links and others are none', async () => {
  const files = await findTableFiles(trial.folder);
  expect(files.map(({ schema, name, path, kind }) => ({ schema, name, path, kind }))).toEqual([
    { schema: 'main', name: 'Orders', path: 'Orders.ndjson', kind: 'ndjson' },
    { schema: 'main', name: 'odd.name', path: 'odd.name.tsv', kind: 'csv' },
    { schema: 'main', name: 'orders_2', path: 'orders.csv', kind: 'csv' },
    { schema: 'main', name: 'packed', path: 'packed.csv.gz', kind: 'csv' },
    { schema: 'sales_2026', name: 'june', path: 'sales/2026/june.jsonl', kind: 'ndjson' },
    { schema: 'sales', name: 'june', path: 'sales/june.parquet', kind: 'parquet' },
  ]);
});

test('a file that would be the same table as another one gets a new name, and its plan says so', async () => {
  const plan = await trial.plan({ name: 'main.orders_2' });
  expect(plan).toMatchObject({ target: { schema: 'main', name: 'orders_2' }, from: { name: 'orders.csv' } });
  expect(plan).toHaveProperty('notes', ['orders.csv is called main.orders_2 in the warehouse: names that differ by case only are one there.']);
});

test('a list names the largest file first, and every name of it can be planned', async () => {
  const { tables, unreadable } = await listFiles(trial.folder);
  expect(unreadable).toEqual([]);
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
