import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TableSpec } from '../src/model.ts';
import { identityOf } from '../src/sources/files/file-identity.ts';
import { literal } from '../src/types/sql.ts';
import { expectPlan, FilesTrial } from './support/files-load.ts';

/* Keys of folders, as Hive and Spark write them: columns when they are asked for, and never otherwise. */

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

async function load(spec: Partial<TableSpec>) {
  const { rows, types, plan, extract, sums } = await trial.load({ name: 'main.sales', ...spec });
  expect(extract.sums).toEqual(sums);
  return { rows: rows.sort(), types, notes: plan.notes };
}

async function sales() {
  await trial.write('sales/year=2023/month=01/a.csv', 'id\n1\n');
  await trial.write('sales/year=2024/month=11/a.csv', 'id\n2\n');
  await trial.write('sales/year=2024/month=12/b.csv', 'id\n3\n');
}

test.each([{}, { partitions: false }])('keys that are not asked for are no columns: %j', async (asked) => {
  await sales();
  expect((await load({ from: 'sales', ...asked })).types).toEqual({ id: 'BIGINT' });
});

test('keys are columns of a type that gives every value back, and are told', async () => {
  await sales();
  const { rows, types, notes } = await load({ from: 'sales', partitions: true });
  expect(types).toEqual({ id: 'BIGINT', year: 'BIGINT', month: 'VARCHAR' });
  expect(rows).toEqual([
    ['1', '2023', '01'],
    ['2', '2024', '11'],
    ['3', '2024', '12'],
  ]);
  expect(notes).toContain('Column year is the key year of the folders.');
});

test('a type that is given to a key is that of its column, and a value that is none of it is an error', async () => {
  await sales();
  expect((await load({ from: 'sales', partitions: true, types: { month: 'int', year: 'text' } })).types).toEqual({
    id: 'BIGINT',
    year: 'VARCHAR',
    month: 'INTEGER',
  });
  await trial.write('sales/year=2024/month=may/b.csv', 'id\n3\n');
  expect(await trial.plan({ name: 'main.sales', from: 'sales', partitions: true, types: { month: 'int' } })).toEqual({
    table: 'main.sales',
    reason: 'The folder month=may cannot be kept as INTEGER.',
  });
});

test('a key that a column of the files is called like takes nothing from it', async () => {
  await parquet('DATA=2023-08-28/part.parquet', `select timestamp '2024-05-06 07:08:09' as "DATA"`);
  const { rows, types, notes } = await load({ from: '**/*.parquet', partitions: true });
  expect(types).toEqual({ DATA: 'TIMESTAMP', DATA_2: 'DATE' });
  expect(rows).toEqual([['2024-05-06 07:08:09', '2023-08-28']]);
  expect(notes).toContain('Column DATA is called DATA_2 in the warehouse: another one has the same name.');
  expect(notes).toContain('Column DATA_2 is the key DATA of the folders.');
});

test('a file in no such folder has no value, nor has one where Hive says so, and signs are as they were', async () => {
  await trial.write('sales/none.csv', 'id\n1\n');
  await trial.write('sales/who=__HIVE_DEFAULT_PARTITION__/a.csv', 'id\n2\n');
  await trial.write("sales/who=a%2Fb'c/a.csv", 'id\n3\n');
  await trial.write('sales/who=/a.csv', 'id\n4\n');
  const { rows, notes } = await load({ from: 'sales', partitions: true });
  expect(rows).toEqual([
    ['1', null],
    ['2', null],
    ['3', "a/b'c"],
    ['4', ''],
  ]);
  expect(notes).toContain('Column who is the key who of the folders: NULL for 1 of 4 files, whose folders do not name it.');
});

test('one file has the keys of its folders too, and where there are none that is told', async () => {
  await sales();
  await trial.write('plain.csv', 'id\n1\n');
  expect((await load({ from: 'sales/year=2024/month=12/b.csv', partitions: true })).rows).toEqual([['3', '2024', '12']]);
  expect((await load({ from: 'plain.csv', partitions: true })).notes).toContain('None of its folders names a key, such as year=2024.');
});

test('keys stay when a wrong guess of types is made again', async () => {
  await trial.write('big/year=2024/a.csv', 'n\n1\n');
  const plan = expectPlan(await trial.plan({ name: 'main.sales', from: 'big', partitions: true }));
  // As if only the beginning of a large file had been looked at.
  await trial.write('big/year=2024/a.csv', 'n\n1\nlast\n');
  const identity = await identityOf(join(trial.folder, 'big/year=2024/a.csv'));
  const members = (plan.members ?? []).map((member) => ({ ...member, file: { ...member.file, ...identity } }));
  const extract = await trial.extract({ ...plan, members });
  const { rows, types, sums } = await trial.read(extract.plan, extract);
  expect(types).toEqual({ n: 'VARCHAR', year: 'BIGINT' });
  expect(rows.at(-1)).toEqual(['last', '2024']);
  expect(extract.sums).toEqual(sums);
});

test('a key that the folders of a file name twice is an error', async () => {
  await trial.write('twice/a=1/a=2/x.csv', 'n\n1\n');
  const reason = 'twice/a=1/a=2/x.csv is in two folders that name the key a.';
  expect(await trial.plan({ name: 'main.sales', from: 'twice', partitions: true })).toMatchObject({ reason });
});
