import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, type TestDatabase } from '@sluice/server/testing';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { seconds } from '../../../tests/support/patience.ts';
import { createSluice, type Sluice } from './support/sluice.ts';

const CLONE = fileURLToPath(new URL('../../..', import.meta.url));

let database: TestDatabase;
let root: string;
let sluice: Sluice;

/** A job that has left server and worker up, with two of five rows in quarantine. */
beforeAll(async () => {
  database = await createTestDatabase(inject('postgres'));
  root = mkdtempSync(join(tmpdir(), 'sluice-quarantine-'));
  const home = join(root, 'home');
  for (const folder of ['files', 'home']) mkdirSync(join(root, folder));
  writeFileSync(join(root, 'files', 'orders.csv'), 'id,price\n1,2.50\n2,cheap\n3\n4,1.75\n5,3.25\n');
  writeFileSync(join(home, 'config.env'), `SLUICE_DATABASE_URL=${database.url}\nSLUICE_SERVER_PORT=0\n`);
  sluice = createSluice({ SLUICE_HOME: home });
  const job = await sluice.run(['etl', '--source', join(root, 'files'), '--type', 'price=decimal(10,2)', '--workers', '1', '--keep'], { cwd: CLONE });
  expect(job.stdout).toContain('main.orders');
}, seconds(60));
afterAll(async () => {
  await sluice.run(['reset', '--yes', '--force']);
  await database.drop();
  rmSync(root, { recursive: true, force: true });
});

const show = async (): Promise<{ id: string; raw: string; reason: string; mended: string | null }[]> => {
  const { stdout } = await sluice.run(['quarantine', 'show', 'main.orders', '-o', 'json']);
  return JSON.parse(stdout);
};

test('tables with rows in quarantine are listed, and their rows shown with line, reason and raw text', async () => {
  expect((await sluice.run(['quarantine', 'ls'])).stdout).toMatch(/^main\.orders\t2\t.+\t[0-9a-f]{24}\n$/);
  const { stdout } = await sluice.run(['quarantine', 'show', 'main.orders']);
  expect(stdout).toMatch(/^[0-9a-f]{12}\t3\tprice\t"cheap" cannot be kept as DECIMAL\(10,2\)\t2,cheap\t/m);
  expect(stdout).toMatch(/^[0-9a-f]{12}\t4\t\tit has 1 value instead of 2\t3\t/m);
  expect(await sluice.run(['quarantine', 'show', 'main.order'])).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('There is no table with rows in quarantine "main.order".\nDid you mean "main.orders"?'),
  });
});

test('a replay says what is mended, in one way', async () => {
  const wrong = async (...args: string[]) => (await sluice.run(['quarantine', 'replay', 'main.orders', ...args])).code;
  expect(await wrong()).toBe(2);
  expect(await wrong('--row', 'no sign of equality')).toBe(2);
  expect(await wrong('--row', 'a=1', '--type', 'price=varchar')).toBe(2);
  const file = join(root, 'same.jsonl');
  writeFileSync(file, (await sluice.run(['quarantine', 'show', 'main.orders', '-o', 'jsonl'])).stdout);
  expect(await sluice.run(['quarantine', 'replay', 'main.orders', '--rows', file])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('nothing to load'),
  });
});

test('rows that are mended in a file are loaded; a wrong one stays with its reason, and the exit code says so', {
  timeout: seconds(60),
}, async () => {
  const rows = await show();
  const file = join(root, 'rows.jsonl');
  writeFileSync(file, rows.map((row) => JSON.stringify({ ...row, raw: row.raw === '3' ? '3,9' : '2,dear' })).join('\n'));
  const replay = await sluice.run(['quarantine', 'replay', 'main.orders', '--rows', file]);
  expect(replay).toMatchObject({ code: 1, stderr: expect.stringContaining('stays in quarantine: "dear" cannot be kept as DECIMAL(10,2).') });
  expect((await sluice.run(['query', 'select price from main.orders where id = 3'])).stdout).toBe('9.00\n');
  expect(await show()).toMatchObject([{ raw: '2,cheap', mended: '2,dear' }]);
  const [left] = await show();
  expect(await sluice.run(['quarantine', 'replay', 'main.orders', '--row', `${left?.id}=2,0.5`])).toMatchObject({ code: 0, stderr: '' });
  expect((await sluice.run(['query', 'select count(*), sum(price) from main.orders'])).stdout).toBe('5\t17.00\n');
  expect((await sluice.run(['quarantine', 'ls'])).stdout).toBe('');
});

test('with another type the table is loaded again, and rows that fit it are no bad rows', { timeout: seconds(60) }, async () => {
  await sluice.run([
    'deployment',
    'run',
    'process-table-etl/process-table-etl-deployment',
    '--watch',
    '--params',
    JSON.stringify({ table: 'main.orders', source: join(root, 'files'), types: { price: 'INTEGER' } }),
  ]);
  expect((await show()).length).toBeGreaterThan(2);
  expect((await sluice.run(['quarantine', 'replay', 'main.orders', '--type', 'price=varchar'])).code).toBe(0);
  expect((await show()).map(({ raw }) => raw)).toEqual(['3']);
  expect((await sluice.run(['query', "select price from main.orders where id = '2'"])).stdout).toBe('cheap\n');
});
