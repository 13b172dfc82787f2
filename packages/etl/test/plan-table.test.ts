import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planTable } from '../src/steps/plan-table.ts';
import { FilesTrial, quiet } from './support/files-load.ts';

let trial: FilesTrial;
beforeAll(async () => {
  trial = await FilesTrial.start();
  await trial.write('torn.parquet', 'PAR1 and no more');
  await trial.write('empty.csv', '');
  await trial.write('packed.csv.gz', gzipSync('a,b\n1,2\n').subarray(0, 20));
});
afterAll(async () => {
  await trial[Symbol.asyncDispose]();
});

const plan = (name: string, from?: string) => planTable({ name, ...(from && { from }), source: trial.folder, verify: 'sums', sample: 1 }, quiet());

test.each([
  ['a torn Parquet file', 'main.torn', /^main\.torn cannot be read as Parquet: No magic bytes found at end of file '[^']+'\.$/],
  ['an empty file', 'main.empty', /^main\.empty cannot be read: The file is empty: it has no columns\.$/],
  ['an archive that is torn', 'main.packed', /^main\.packed cannot be read: unexpected end of file\.$/],
  ['a file that is not there', 'main.none', /^main\.none cannot be read: No file of the folder is called main\.none\. It holds /],
])('%s is told once, in one sentence, as an unreadable table', async (_what, name, message) => {
  const error = await plan(name).catch((thrown: unknown) => thrown as Error);
  expect(error).toMatchObject({ message: expect.stringMatching(message), code: 'TABLE_UNREADABLE', kind: { lasting: true } });
});

test('a header that no plan holds is told when it is planned', async () => {
  const names = Array.from({ length: 60_000 }, () => crypto.randomUUID());
  await trial.write('wide.csv', `${names.join(',')}\n`);
  await expect(plan('main.wide')).rejects.toMatchObject({ message: expect.stringMatching(/^main\.wide cannot be read: It has 60000 columns/) });
});

test.each(['file_row_number', 'filename', 'rowid', 'texts', 'nested', 'json', 'c0', 'sums'])('a column may be called %s', async (name) => {
  await trial.write('t.csv', `${name},texts_2\n1,x\n`);
  await trial.write('j.ndjson', `{"${name}": 1, "texts_2": "x"}\n`);
  for (const from of ['t.csv', 'j.ndjson']) {
    const { rows, extract, sums } = await trial.load({ name: 'main.t', from });
    expect(rows).toEqual([['1', 'x']]);
    expect(extract.sums).toEqual(sums);
  }
});

test('the one name that a Parquet file may not use is told when it is planned', async () => {
  await trial.write('rows.parquet', '');
  await trial.duckdb.run(`copy (select 1 as File_Row_Number) to '${trial.folder}/rows.parquet' (format parquet)`);
  await expect(plan('main.rows')).rejects.toMatchObject({
    message: expect.stringMatching(/column File_Row_Number has a name that is reserved for counting the rows/),
  });
});
