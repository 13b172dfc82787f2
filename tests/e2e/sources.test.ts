import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestDatabase } from '@sluice/server/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createSluice, type Running } from '../../packages/cli/test/support/sluice.ts';
import { type Lab, startLab } from '../support/lab.ts';
import { seconds } from '../support/patience.ts';

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));
const KEY = 'k-0123456789abcdef';
const PASSWORD = 'canary4712';
const ROLE = 'source_reader';

let lab: Lab;
let source: Awaited<ReturnType<typeof createTestDatabase>>;
let folder: string;
let worker: Running;
let home: string;
let pool: string;
let said = '';

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url);
  await client.connect();
  return (await client.query<Record<string, unknown>>(sql).finally(() => client.end())).rows;
}

const command = (its: string) => createSluice({ SLUICE_API_URL: lab.url, SLUICE_API_KEY: KEY, SLUICE_HOME: join(folder, its) });
/** What a person does on a machine of their own. */
async function person(args: readonly string[], options: Parameters<ReturnType<typeof createSluice>['run']>[1] = {}) {
  const ended = await command('person').run(args, options);
  said += ended.stdout + ended.stderr;
  return ended;
}

beforeAll(async () => {
  [lab, source] = await Promise.all([startLab(inject('postgres'), { api_key: KEY }), createTestDatabase(inject('postgres'))]);
  await query(
    source.url,
    `create table orders as select n as id from generate_series(1, 1000) n; create role ${ROLE} login password '${PASSWORD}'; grant select on orders to ${ROLE}`,
  );
  folder = mkdtempSync(join(tmpdir(), 'sluice-sources-'));
  pool = await lab.pool();
  const project = join(folder, 'project');
  mkdirSync(project);
  const files = {
    'package.json': '{ "type": "module" }',
    'job.ts': `import { defineEtlJob } from '@sluice/etl';
      export const { mainEtl, processTableEtl, cleanupFlow1, cleanupFlow2, quarantineReplay, deployments } =
        defineEtlJob({ tables: [{ name: 'public.orders', source: 'shop' }], file: import.meta.url });`,
    'sluice.config.ts': `import { defineConfig, deploy } from '@sluice/sdk';
      import { deployments, processTableEtl } from './job.ts';
      export default defineConfig({ deployments: [...deployments(), deploy(processTableEtl, { name: 'names-none' })] });`,
  };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(project, file), text);
  symlinkSync(MODULES, join(project, 'node_modules'));
  const deployed = await person(['deploy'], { cwd: project, env: { SLUICE_WORK_POOL: pool, SLUICE_RETRY_SECONDS: '0.2' } });
  expect(deployed).toMatchObject({ code: 0 });
  home = join(folder, 'afar');
  const cwd = join(folder, 'elsewhere');
  mkdirSync(cwd);
  worker = command('afar').start(['worker', 'start', '--pool', pool, '--name', 'afar'], { cwd, env: { SLUICE_RETRY_SECONDS: '0.2' } });
  await worker.until(/online; takes runs/);
}, seconds(60));
afterAll(async () => {
  worker.signal('SIGTERM');
  const { stdout, stderr } = await worker.ended;
  expect(stdout + stderr).not.toContain(PASSWORD);
  await lab.stop();
  await source.drop();
  await query(inject('postgres'), `drop role ${ROLE}`);
  rmSync(folder, { recursive: true, force: true });
});

const load = (deployment: string, more: object = {}) => lab.run(`process-table-etl/${deployment}`, { table: 'public.orders', ...more });

test('a worker that knows no source loads a table from one whose URL the server keeps; the URL stands nowhere', {
  timeout: seconds(90),
}, async () => {
  const before = await load('process-table-etl-deployment');
  expect(before).toMatchObject({ state_type: 'FAILED', state: { message: expect.stringContaining('The source "shop" is not configured.') } });

  const url = Object.assign(new URL(source.url), { username: ROLE, password: PASSWORD });
  // A database that does not answer: what the run says of it is read by everybody.
  await person(['source', 'set', 'shop'], { input: Object.assign(new URL(url), { port: '1' }).href });
  const away = await load('process-table-etl-deployment');
  expect(away).toMatchObject({ state_type: 'FAILED', state: { message: expect.stringMatching(/cannot be reached|does not answer|refuse/i) } });

  const { host, pathname } = url;
  expect(await person(['source', 'set', 'shop'], { input: `${url.href}\n` })).toMatchObject({
    code: 0,
    stdout: `The server keeps the URL of source "shop": postgres, ${host}, ${pathname.slice(1)}.\n`,
  });
  const run = await load('process-table-etl-deployment');
  expect(run.state_type, run.state?.message ?? '').toBe('COMPLETED');
  expect(await lab.result(run)).toMatchObject({ rows_read: 1000, rows_loaded: 1000, verified: true });
  expect(existsSync(join(home, 'sources.json'))).toBe(false);

  const refused = await load('names-none');
  expect(refused).toMatchObject({
    state_type: 'FAILED',
    state: { message: expect.stringContaining(`Flow run ${refused.id} does not name the source "shop", and is not given its URL.`) },
  });

  expect((await person(['source', 'ls', '-o', 'json'])).stdout).toContain('"shop"');
  const looks = [
    ['flow-run', 'inspect', run.id, '-o', 'json'],
    ['flow-run', 'logs', refused.id],
    ['config', 'view'],
  ];
  for (const look of looks) expect((await person(look)).code, look.join(' ')).toBe(0);
  expect(said).not.toContain(PASSWORD);
  expect(said).not.toContain(ROLE);

  const tables = await query(lab.databaseUrl, `select tablename as name from pg_tables where schemaname = 'public'`);
  expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(['source', 'flow_run', 'task_run', 'result', 'log', 'table_load']));
  for (const { name } of tables) {
    expect(await query(lab.databaseUrl, `select t::text from "${name}" t where t::text like '%${PASSWORD}%'`), String(name)).toEqual([]);
  }
  for (const of of [lab.home, home]) {
    const files = readdirSync(of, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { parentPath, name } of files) expect(readFileSync(join(parentPath, name)).includes(PASSWORD), name).toBe(false);
  }
});

test('a warehouse in PostgreSQL is found at the server by its own URL, which has no password', { timeout: seconds(60) }, async () => {
  await person(['source', 'set', 'shop'], { input: Object.assign(new URL(source.url), { username: ROLE, password: PASSWORD }).href });
  const warehouse = 'postgres://etl@warehouse.invalid/dwh';
  const database = await createTestDatabase(inject('postgres'));
  expect(await person(['source', 'set', warehouse], { input: database.url })).toMatchObject({ code: 0 });
  const run = await load('process-table-etl-deployment', { warehouse });
  expect(run.state_type, run.state?.message ?? '').toBe('COMPLETED');
  expect(await query(database.url, 'select count(*)::int as rows from public.orders')).toEqual([{ rows: 1000 }]);
  await database.drop();
});

test('what is no URL, or no name, is refused by the command, which repeats none of it', async () => {
  const cases = [
    { args: ['shop'], input: '', says: 'No URL was given.' },
    { args: ['shop'], input: PASSWORD, says: 'What was given is not a URL.' },
    { args: ['shop'], input: `oracle://me:${PASSWORD}@host/db`, says: 'oracle://… is not a source that Sluice can read.' },
    { args: ['shop'], input: `postgres://me:12/${PASSWORD}@host/db`, says: 'The URL of the source cannot be read.' },
    { args: [`postgres://me:${PASSWORD}@host/db`], input: '', says: 'This is not the name of a source.' },
  ];
  for (const { args, input, says } of cases) {
    const { code, stdout, stderr } = await person(['source', 'set', ...args], { input });
    expect({ code, stdout, stderr }).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(says) });
    expect(stderr).not.toContain(PASSWORD);
  }
});

test('a source that was removed is known no more', async () => {
  await person(['source', 'set', 'old'], { input: 'postgres://me@host/db' });
  expect(await person(['source', 'rm', 'ol', '--yes'])).toMatchObject({ code: 3, stderr: expect.stringContaining('Did you mean "old"?') });
  expect(await person(['source', 'rm', 'old', '--yes'])).toMatchObject({ code: 0, stdout: 'Deleted the URL of source "old".\n' });
  expect(JSON.parse((await person(['source', 'ls', '-o', 'json'])).stdout).map(({ name }: { name: string }) => name)).not.toContain('old');
});
