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
  expect(error).toMatchObject({ message: expect.stringMatching(message), cause: { code: 'TABLE_UNREADABLE' } });
});
