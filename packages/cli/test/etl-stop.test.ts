import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isRunning } from '@sluice/home/processes';
import { readServerFile } from '@sluice/server/home';
import { createTestDatabase, type TestDatabase } from '@sluice/server/testing';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { createSluice, type Running, type Sluice } from './support/sluice.ts';

const CLONE = fileURLToPath(new URL('../../..', import.meta.url));

let database: TestDatabase;
let source: TestDatabase;
let root: string;
let home: string;
let sluice: Sluice;

beforeAll(async () => {
  database = await createTestDatabase(inject('postgres'));
  source = await createTestDatabase(inject('postgres'));
  const client = new pg.Client(source.url);
  await client.connect();
  await client.query('create view endless as select 1 as a from pg_sleep(3600)').finally(() => client.end());
});
afterAll(async () => {
  await database.drop();
  await source.drop();
});
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-etl-'));
  home = join(root, 'home');
  mkdirSync(home);
  writeFileSync(join(home, 'config.env'), `SLUICE_DATABASE_URL=${database.url}\nSLUICE_SERVER_PORT=0\n`);
  sluice = createSluice({ SLUICE_HOME: home });
  return () => rmSync(root, { recursive: true, force: true });
});

/** A job that does not end by itself. */
function startEndless(): Running {
  const url = new URL(source.url);
  const { password } = url;
  url.password = '';
  return sluice.start(['etl', '--source', url.href, '--workers', '2'], { cwd: CLONE, env: { PGPASSWORD: decodeURIComponent(password) } });
}

/** Such a job whose workers are up, and the processes that it has started. */
async function startJob(until: RegExp): Promise<{ job: Running; pids: number[] }> {
  const job = startEndless();
  await job.until(until);
  const server = await readServerFile(home);
  const workers = readFileSync(join(home, 'logs', 'workers.log'), 'utf8').matchAll(/\(PID: (\d+)\)/g);
  return { job, pids: [server?.pid ?? -1, ...[...workers].map(([, pid]) => Number(pid))] };
}

test('a second Ctrl+C waits for no run, and leaves nothing behind', async () => {
  const { job, pids } = await startJob(/public\.endless Running on/);
  expect(pids).toHaveLength(3);
  job.signal('SIGINT');
  job.signal('SIGTERM');
  expect(await job.ended).toMatchObject({ code: 130, stderr: '' });
  expect(pids.filter(isRunning)).toEqual([]);
  expect(await readServerFile(home)).toBeUndefined();
  expect(readFileSync(join(home, 'sources.json'), 'utf8')).toBe('{}\n');
});

test('Ctrl+C while the server starts stops it too', async () => {
  const job = startEndless();
  const { pid } = await eventually(async () => (await readServerFile(home)) ?? Promise.reject(new Error('No server yet.')));
  job.signal('SIGINT');
  expect(await job.ended).toMatchObject({ code: 130 });
  expect(isRunning(pid)).toBe(false);
});

test('a reader that closes the pipe stops the job, and leaves nothing behind', async () => {
  const { job, pids } = await startJob(/Workers: /);
  job.stopReading();
  await job.ended;
  expect(pids.filter(isRunning)).toEqual([]);
});
