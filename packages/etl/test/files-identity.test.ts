import { readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { identityOf } from '../src/sources/files/file-identity.ts';
import { literal } from '../src/types/sql.ts';
import { expectPlan, FilesTrial } from './support/files-load.ts';

let trial: FilesTrial;
beforeAll(async () => {
  trial = await FilesTrial.start();
});
afterAll(async () => {
  await trial[Symbol.asyncDispose]();
});

/** Writes other bytes of the same number over a file, and gives it back its time. */
async function replace(file: string, change: (content: Buffer) => Buffer): Promise<void> {
  const path = join(trial.folder, file);
  const { atime, mtime } = await stat(path);
  await writeFile(path, change(await readFile(path)));
  await utimes(path, atime, mtime);
}

test.each([
  ['CSV', 'c.csv', () => trial.write('c.csv', 'id,n\n1,10\n2,20\n'), (content: Buffer) => Buffer.from(content.toString().replace('20', '99'))],
  ['NDJSON', 'n.ndjson', () => trial.write('n.ndjson', '{"n": 10}\n'), (content: Buffer) => Buffer.from(content.toString().replace('10', '99'))],
  [
    'Parquet',
    'p.parquet',
    () => trial.duckdb.run(`copy (select 10 as n) to ${literal(join(trial.folder, 'p.parquet'))} (format parquet, compression uncompressed)`),
    (content: Buffer) => Buffer.concat([content.subarray(0, 10), content.subarray(10)].map((part) => part.map((byte) => (byte === 10 ? 11 : byte)))),
  ],
])('a %s file with other bytes, the same size and the same time is not the one that was planned', async (_kind, file, write, change) => {
  await write();
  const plan = expectPlan(await trial.plan({ name: 't', from: file }));
  await replace(file, change);
  await expect(trial.extract(plan)).rejects.toMatchObject({ code: 'TABLE_UNREADABLE', message: `${file} has changed since it was planned.` });
});

test('of a large file one changed byte is seen, wherever it is', async () => {
  const path = join(trial.folder, 'large.csv');
  await writeFile(path, Buffer.alloc(20 << 20, 'a,b\n'));
  const before = await identityOf(path);
  expect(await identityOf(path)).toEqual(before);
  await replace('large.csv', (content) => Object.assign(content, { [9_999_999]: 0x78 }));
  expect(await identityOf(path)).not.toEqual(before);
});
