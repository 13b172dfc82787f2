import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedUrl } from '@sluice/server';
import { createTestDatabase } from '@sluice/server/testing';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { sluice, withServer } from '../support/job.ts';
import { seconds } from '../support/patience.ts';

const PASSWORD = 'canary4711';

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url);
  await client.connect();
  const result = await client.query<Record<string, unknown>>(sql).finally(() => client.end());
  return result.rows;
}

test('the password of a source stands nowhere in the server’s database, and in no file of the home when the job has ended', {
  timeout: seconds(90),
}, async () => {
  const home = await mkdtemp(join(tmpdir(), 'sluice-secrets-'));
  const source = await createTestDatabase(inject('postgres'));
  await query(source.url, `create table orders as select 1 as id; create role canary login password '${PASSWORD}'; grant select on orders to canary`);
  const url = Object.assign(new URL(source.url), { username: 'canary', password: '' }).href;
  const { code, told } = await sluice(home, ['etl', '--source', url, '-o', 'json'], { PGPASSWORD: PASSWORD }).ended;
  expect(code, told).toBe(0);
  expect(told).not.toContain(PASSWORD);
  const files = (await readdir(home, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  expect(files.map(({ name }) => name)).toEqual(expect.arrayContaining(['sources.json', 'report.json', 'warehouse.duckdb']));
  for (const { parentPath, name } of files) expect((await readFile(join(parentPath, name))).includes(PASSWORD), name).toBe(false);

  const server = sluice(home, ['server', 'start', '--port', '0']);
  await eventually(() => withServer(home, (client) => client.request('GET /ready')));
  const database = await embeddedUrl(home, 'sluice');
  const tables = await query(database, `select tablename as name from pg_tables where schemaname = 'public'`);
  expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(['flow_run', 'task_run', 'result', 'log']));
  for (const { name } of tables) {
    expect(await query(database, `select t::text from "${name}" t where t::text like '%${PASSWORD}%'`), String(name)).toEqual([]);
  }
  expect(await query(database, `select from log`)).not.toEqual([]);
  server.stop();
  await server.ended;
  await sluice(home, ['reset', '--yes', '--force']).ended;
  await source.drop();
  await query(inject('postgres'), 'drop role canary');
  await rm(home, { recursive: true, force: true });
});
