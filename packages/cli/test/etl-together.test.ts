import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '@sluice/etl';
import { isRunning } from '@sluice/home/processes';
import { readServerFile } from '@sluice/server/home';
import { createTestDatabase, type TestDatabase } from '@sluice/server/testing';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { seconds } from '../../../tests/support/patience.ts';
import { readKeptWorkers } from '../src/etl/kept-workers.ts';
import { createSluice, type Running, type Sluice } from './support/sluice.ts';

const CLONE = fileURLToPath(new URL('../../..', import.meta.url));

let database: TestDatabase;
let source: TestDatabase;
let root: string;
let home: string;
let sluice: Sluice;

beforeAll(async () => {
  source = await createTestDatabase(inject('postgres'));
  const client = new pg.Client(source.url);
  await client.connect();
  const tables =
    'create view endless as select 1 as a from pg_sleep(3600); create table orders as select 1 as id; create table skus as select 2 as id';
  await client.query(tables).finally(() => client.end());
});
afterAll(() => source.drop());
beforeEach(async () => {
  database = await createTestDatabase(inject('postgres'));
  root = mkdtempSync(join(tmpdir(), 'sluice-etl-'));
  home = join(root, 'home');
  mkdirSync(home);
  writeFileSync(join(home, 'config.env'), `SLUICE_DATABASE_URL=${database.url}\nSLUICE_SERVER_PORT=0\n`);
  sluice = createSluice({ SLUICE_HOME: home });
  return async () => {
    // What a test that has failed leaves up waits for no run.
    const workers = await readKeptWorkers(home);
    if (workers !== undefined) for (const name of ['SIGTERM', 'SIGINT'] as const) process.kill(workers, name);
    await sluice.run(['reset', '--yes', '--force']);
    await database.drop();
    rmSync(root, { recursive: true, force: true });
  };
});

/** A job that reads one table of the source; `endless` is never read to its end. */
function start(table: string): Running {
  const url = new URL(source.url);
  const { password } = url;
  url.password = '';
  const args = ['etl', '--source', url.href, '--only', `public.${table}`, '--workers', '3', '-o', 'json'];
  return sluice.start(args, { cwd: CLONE, env: { PGPASSWORD: decodeURIComponent(password) } });
}

const sources = () => readFileSync(join(home, 'sources.json'), 'utf8');

/** The server of the home and its workers. */
async function pids(): Promise<number[]> {
  return [(await readServerFile(home))?.pid ?? -1, (await readKeptWorkers(home)) ?? -1];
}

const tablesOf = ({ stdout }: { stdout: string }) => (JSON.parse(stdout) as Report).tables.map(({ table }) => table);

test('of two jobs on one home each has its report, and the last one out stops what was started', { timeout: seconds(120) }, async () => {
  const first = start('endless');
  await first.until(/public\.endless Running on/);
  const up = await pids();
  const second = await start('orders').ended;
  expect(second).toMatchObject({ code: 0, stderr: expect.stringContaining(`stay up for the other job of this home (process ${first.pid})`) });
  expect(tablesOf(second)).toEqual(['public.orders']);
  expect(await pids()).toEqual(up);
  expect(sources()).toContain(decodeURIComponent(new URL(source.url).password));

  const third = start('skus');
  await third.until(/Workers: /);
  first.signal('SIGINT');
  expect(await first.ended).toMatchObject({ code: 130 });
  const ended = await third.ended;
  expect(ended).toMatchObject({ code: 0 });
  expect(tablesOf(ended)).toEqual(['public.skus']);
  expect(up.filter(isRunning)).toEqual([]);
  expect(sources()).toBe('{}\n');
});

test('what a killed job leaves up is told by the next command, with how to stop it', { timeout: seconds(120) }, async () => {
  const job = start('endless');
  await job.until(/public\.endless Running on/);
  const [server = -1, workers = -1] = await pids();
  job.signal('SIGKILL');
  await job.ended;
  const next = await sluice.run(['flow-run', 'ls', '-o', 'json']);
  expect(next).toMatchObject({ code: 0 });
  const [{ id: main } = { id: '' }] = (JSON.parse(next.stdout) as { id: string; parent_task_run_id: string | null }[]).filter(
    ({ parent_task_run_id }) => parent_task_run_id === null,
  );
  expect(next.stderr).toBe(
    `A sluice etl (process ${job.pid}) was killed and has left: the server (process ${server}), workers (process ${workers}), ` +
      `the place of the source ${new URL(source.url.replace(/:[^:@]*@/, '@')).href} in sources.json. ` +
      `To stop them: sluice flow-run cancel ${main} && kill ${workers} && sluice server stop\n`,
  );
  expect(await sluice.run(['flow-run', 'cancel', main])).toMatchObject({ code: 0 });
  process.kill(workers, 'SIGTERM');
  await eventually(async () => expect(isRunning(workers)).toBe(false));
  expect(await sluice.run(['server', 'stop'])).toMatchObject({ code: 0 });
  expect(await sluice.run(['server', 'stop'])).toMatchObject({ code: 0, stderr: '' });
  expect(sources()).toBe('{}\n');
});

test('a job after one that was killed uses what that has left up, says so, and stops it at its end', { timeout: seconds(120) }, async () => {
  const job = start('endless');
  await job.until(/public\.endless Running on/);
  const up = await pids();
  job.signal('SIGKILL');
  await job.ended;
  const next = await start('orders').ended;
  expect(next).toMatchObject({
    code: 0,
    stderr: expect.stringContaining(`A job of this home was killed and left its server (process ${up[0]})`),
  });
  expect(up.filter(isRunning)).toEqual([]);
  expect(sources()).toBe('{}\n');
});
