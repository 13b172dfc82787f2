import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { literal } from '../src/types/sql.ts';
import { expectPlan, FilesTrial } from './support/files-load.ts';

let trial: FilesTrial;
beforeEach(async () => {
  trial = await FilesTrial.start();
});
afterEach(async () => {
  await trial[Symbol.asyncDispose]();
});

const parquet = async (file: string, query: string) => {
  await trial.write(file, '');
  await trial.duckdb.run(`copy (${query}) to ${literal(join(trial.folder, file))} (format parquet)`);
};

async function load(from: string) {
  const { rows, types, plan, extract, sums, bad } = await trial.load({ name: 'main.orders', from });
  expect(extract.sums).toEqual(sums);
  return { rows: rows.sort(), types, notes: plan.notes, plan, extract, bad };
}

test.each([
  ['a pattern', 'orders/*.csv'],
  ['a folder', 'orders'],
  ['a pattern of names', 'orders/2024-0?.csv'],
  ['a pattern over folders', '**/2024-*.csv'],
])('%s is one table: columns by their names, whatever their order', async (_what, from) => {
  await trial.write('orders/2024-01.csv', 'id,item\n1,a\n2,b\n');
  await trial.write('orders/2024-02.csv', 'item;id\nc;3\n');
  await trial.write('orders/2024-03.csv', gzipSync('id,item\n4,d\n'));
  await trial.write('other.csv', 'x\n1\n');
  const { rows, types, notes } = await load(from);
  expect(types).toEqual({ id: 'BIGINT', item: 'VARCHAR' });
  expect(rows).toEqual([
    ['1', 'a'],
    ['2', 'b'],
    ['3', 'c'],
    ['4', 'd'],
  ]);
  expect(notes).toContain(`The table is 3 files of ${from}.`);
});

test('a column that a file does not have is NULL there, and one of two types is widened; both are told', async () => {
  await trial.write('orders/1.csv', 'id,n\n1,10\n');
  await trial.write('orders/2.csv', 'id,n,late\n2,x1,2026-01-31\n');
  const { rows, types, notes } = await load('orders');
  expect(types).toEqual({ id: 'BIGINT', n: 'VARCHAR', late: 'DATE' });
  expect(rows).toEqual([
    ['1', '10', null],
    ['2', 'x1', '2026-01-31'],
  ]);
  expect(notes).toContain('Column n is BIGINT in orders/1.csv, VARCHAR in orders/2.csv: it is VARCHAR in the table.');
  expect(notes).toContain('Column late is not in orders/1.csv: its values are NULL there.');
});

test('NDJSON files are one table by their keys', async () => {
  await trial.write('orders/1.ndjson', '{"id": 1, "n": 10, "Id": "x"}\n');
  await trial.write('orders/2.json', '[{"n": "ten", "id": 2}]');
  const { rows, types } = await load('orders');
  expect(types).toEqual({ id: 'BIGINT', n: 'JSON', Id_2: 'VARCHAR' });
  expect(rows).toEqual([
    ['1', '10', 'x'],
    ['2', '"ten"', null],
  ]);
});

test('Parquet files are one table, with types that hold the values of all', async () => {
  await parquet('orders/1.parquet', "select 1::integer as id, 1.5::decimal(4,2) as price, 'a' as item");
  await parquet('orders/2.parquet', 'select 2::bigint as ID, 100.125::decimal(9,4) as price, 7::utinyint as more');
  const { rows, types, notes } = await load('orders/*.parquet');
  expect(types).toEqual({ id: 'BIGINT', price: 'DECIMAL(9,4)', item: 'VARCHAR', more: 'UTINYINT' });
  expect(rows).toEqual([
    ['1', '1.5000', 'a', null],
    ['2', '100.1250', null, '7'],
  ]);
  expect(notes).toContain('Column id is written id, ID: it is one column in the table.');
});

test('Parquet columns that no type holds both of are refused, and so are files of two kinds', async () => {
  await parquet('orders/1.parquet', 'select [1] as list');
  await parquet('orders/2.parquet', 'select 1 as list');
  const plan = (from: string) => trial.plan({ name: 'main.orders', from });
  expect(await plan('orders')).toMatchObject({
    reason: 'Column list is INTEGER[] in orders/1.parquet and INTEGER in orders/2.parquet: no type holds both.',
  });
  await trial.write('orders/3.csv', 'list\n1\n');
  expect(await plan('orders')).toMatchObject({ reason: expect.stringMatching(/files of two kinds|no type holds both/) });
  expect(await plan('orders/*.csv.gz')).toMatchObject({ reason: 'No file that can be read fits orders/*.csv.gz.' });
});

test('bad rows name their file, and what is not read is named', async () => {
  await trial.write('orders/1.csv', 'id,n\n1,10\n2,20\n3,30\ntorn\n');
  await trial.write('orders/2.csv', 'id,n\n4,10\n5,20\n6,30\ntorn,again,\n');
  await trial.write('orders/read.me', 'x');
  const { bad, notes, extract } = await load('orders');
  expect(bad.map(({ reason, raw }) => [reason, raw])).toEqual([
    ['orders/1.csv: it has 1 value instead of 2', 'torn'],
    ['orders/2.csv: it has 3 values instead of 2', 'torn,again,'],
  ]);
  expect(extract).toMatchObject({ rows_read: 8, rows_quarantined: 2 });
  expect(notes).toContainEqual(expect.stringContaining('orders/read.me is not read'));
});

test.each<[string, () => Promise<void>]>([
  ['one more', () => trial.write('orders/3.csv', 'id\n3\n')],
  ['one less', () => rm(join(trial.folder, 'orders/2.csv'))],
  ['another one', () => trial.write('orders/2.csv', 'id\n7\n')],
])('files of which there is %s than were planned are not read by that plan', async (_what, change) => {
  await trial.write('orders/1.csv', 'id\n1\n');
  await trial.write('orders/2.csv', 'id\n2\n');
  const plan = expectPlan(await trial.plan({ name: 'main.orders', from: 'orders/*.csv' }));
  expect(plan.members).toHaveLength(2);
  await change();
  await expect(trial.extract(plan)).rejects.toMatchObject({
    code: 'TABLE_UNREADABLE',
    message: expect.stringContaining('has changed since it was planned'),
  });
});

test('a table that no file is called like is the folder of that name', async () => {
  await trial.write('orders/1.csv', 'id\n1\n');
  await trial.write('orders/2.csv', 'id\n2\n');
  expect((await trial.load('main.orders')).rows).toEqual([['1'], ['2']]);
});
