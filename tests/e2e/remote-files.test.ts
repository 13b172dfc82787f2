import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { etlPaths, queryWarehouse } from '@sluice/etl';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FileServer, startFileServer } from '../../packages/etl/test/support/file-server.ts';
import { describeWithStore, startObjectStore } from '../../packages/etl/test/support/object-store.ts';
import { sluice } from '../support/job.ts';
import { seconds } from '../support/patience.ts';

/* Files that are in no folder of this machine, by the one command. */

const ROWS = 'id,name\n1,one\n2,two\n';

let home: string;
let server: FileServer;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-etl-'));
  server = await startFileServer();
});
afterAll(async () => {
  await sluice(home, ['reset', '--yes', '--force']).ended;
  await server[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

const tablesOf = ({ report }: Awaited<ReturnType<typeof sluice>['ended']>) =>
  report?.tables.map(({ table, rows_loaded, verified }) => [table, rows_loaded, verified]);

test('files of a web server are loaded as the tables that they are named to be; of each table a copy is asked for once', {
  timeout: seconds(60),
}, async () => {
  server.files.set('shop/orders.csv', ROWS);
  server.files.set('shop/2025/items.csv', ROWS);
  const tables = ['--table', 'orders=orders.csv', '--table', 'sales.items=2025/items.csv'];
  const job = await sluice(home, ['etl', '--source', `${server.url}shop`, ...tables, '-o', 'json']).ended;
  expect(job.code, job.told).toBe(0);
  expect(tablesOf(job)?.sort()).toEqual([
    ['main.orders', 2, true],
    ['sales.items', 2, true],
  ]);
  expect(await queryWarehouse(etlPaths(home).warehouse, 'select name from main.orders order by id')).toEqual([{ name: 'one' }, { name: 'two' }]);
  const whole = server.asked.filter(({ headers }) => headers['if-none-match'] === undefined);
  expect(whole.map(({ path }) => path).sort()).toEqual(['shop/2025/items.csv', 'shop/orders.csv']);
});

test('a URL with a secret, and one of which nobody knows the files, are refused before anything is started', { timeout: seconds(60) }, async () => {
  const etl = (...args: string[]) => sluice(home, ['etl', '--source', ...args]).ended;
  const named = ['--table', 'orders=orders.csv'];
  for (const url of ['https://me:s3cret@files.example.com/', 'https://files.example.com/?sig=s3cret']) {
    const refused = await etl(url, ...named);
    expect(refused).toMatchObject({ code: 2, told: expect.stringContaining('sluice source set shop') });
    expect(refused.told).not.toContain('s3cret');
  }
  expect(await etl('https://files.example.com/')).toMatchObject({ code: 2, told: expect.stringContaining("--table 'orders=orders.csv'") });
});

describeWithStore('a folder of an object store', () => {
  test('is loaded, whole', { timeout: seconds(60) }, async () => {
    await using store = await startObjectStore();
    await store.put('shop/customers.csv', ROWS);
    await store.put('shop/sales/lines.csv', ROWS);
    const job = await sluice(home, ['etl', '--source', 's3://bucket/shop', '-o', 'json']).ended;
    expect(job.code, job.told).toBe(0);
    expect(tablesOf(job)?.sort()).toEqual([
      ['main.customers', 2, true],
      ['sales.lines', 2, true],
    ]);
    const plan = await sluice(home, ['etl', '--source', 's3://bucket/shop', '--plan']).ended;
    expect(plan.said).toContain('customers.csv → main.customers');
  });
});
