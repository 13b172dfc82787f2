import { readFileSync } from 'node:fs';
import { SETTINGS, type Setting } from '@sluice/core/settings/settings';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Lab, startLab } from '../../../tests/support/lab.ts';
import { childrenOf } from '../../../tests/support/worker-process.ts';
import { doesAll, startsProgram, type Told, tellsEnvironment } from './fixtures/secret-flows.ts';

const KEY = 'key-of-the-server-4711';
const CANARY = 'canary-0815';
const OWN = Object.values<Setting<unknown>>(SETTINGS).flatMap(({ secret, names }) => (secret ? names : []));
const PREFECT = ['PREFECT_API_DATABASE_CONNECTION_URL', 'PREFECT_SERVER_DATABASE_PASSWORD', 'SLUICE_SECRET_KEY'];
const DATABASES = ['PGPASSWORD', 'PGPASSFILE'];
const SOURCES = ['SLUICE_SOURCE_SHOP', 'SLUICE_SOURCE_OTHER_SHOP', 'SLUICE_SOURCE_ITS'];
const USERS = { AWS_SECRET_ACCESS_KEY: 'of the user', PGUSER: 'reader', SLUICE_RETRY_SECONDS: '1' };

const before = { ...process.env };
let keyed: Lab;
let basic: Lab;

beforeAll(async () => {
  for (const name of [...OWN, ...PREFECT, ...DATABASES, ...SOURCES]) process.env[name] = `${CANARY}-${name}`;
  Object.assign(process.env, USERS);
  [keyed, basic] = await Promise.all([
    startLab(inject('postgres'), { api_key: KEY }),
    startLab(inject('postgres'), { auth_string: 'ada:pass:word-4711' }),
  ]);
});
afterAll(async () => {
  await Promise.all([keyed.stop(), basic.stop()]);
  for (const name of Object.keys(process.env)) if (before[name] === undefined) delete process.env[name];
  Object.assign(process.env, before);
});

/** Variables that hold a secret, wherever the flow could see them. */
const secretsOf = ({ env, started, program }: Told) => {
  const lines = [...Object.entries(env).map(([name, text]) => `${name}=${text}`), ...started, ...program];
  expect(lines.filter((line) => line.includes(KEY) || line.includes('word-4711'))).toEqual([]);
  return [...new Set(lines.filter((line) => line.includes(CANARY)).map((line) => line.split('=')[0] as string))].sort();
};

async function told(lab: Lab, deployment: string, parameters = {}): Promise<Told> {
  return (await lab.result(await lab.run(deployment, parameters))) as Told;
}

describe('a flow', () => {
  test.each([
    ['a key', () => keyed],
    ['user and password', () => basic],
  ])('of a server with %s has its worker’s environment less all secrets that open the server or a source', async (_name, of) => {
    const lab = of();
    const pool = await lab.pool();
    await using _worker = await lab.worker(pool);
    const result = await told(lab, await lab.deploy(pool, tellsEnvironment));
    expect(secretsOf(result)).toEqual([]);
    expect(result.env).toMatchObject({ ...USERS, PATH: process.env['PATH'], HOME: process.env['HOME'], SLUICE_API_URL: lab.url });
    expect(result.env['SLUICE_API_KEY']).toMatch(/^slr\./);
    expect(result.started.join()).not.toContain('slr.');
  });

  test('has the sources that its deployment and its run name, and with one of them what PostgreSQL asks for', async () => {
    const pool = await keyed.pool();
    await using _worker = await keyed.worker(pool);
    const name = await keyed.deploy(pool, tellsEnvironment, { sources: ['its'] });
    expect(secretsOf(await told(keyed, name))).toEqual([...DATABASES, 'SLUICE_SOURCE_ITS'].sort());
    expect(secretsOf(await told(keyed, name, { source: 'other-shop' }))).toEqual(
      [...DATABASES, 'SLUICE_SOURCE_ITS', 'SLUICE_SOURCE_OTHER_SHOP'].sort(),
    );
    const bare = await keyed.deploy(pool, tellsEnvironment, { name: `${pool}-bare` });
    expect(secretsOf(await told(keyed, bare, { source: 'postgres://reader@shop/shop' }))).toEqual(DATABASES.toSorted());
    expect(secretsOf(await told(keyed, bare, { warehouse: 'postgres://loader@reports/reports' }))).toEqual(DATABASES.toSorted());
    expect(secretsOf(await told(keyed, bare, { warehouse: '/data/shop.duckdb' }))).toEqual([]);
  });

  test('has not what the run before it in the same process had', async () => {
    const pool = await keyed.pool();
    await using _worker = await keyed.worker(pool);
    const name = await keyed.deploy(pool, tellsEnvironment, { runsPerProcess: 9 });
    const first = await told(keyed, name, { source: 'shop' });
    const second = await told(keyed, name);
    expect(second.pid).toBe(first.pid);
    expect(secretsOf(first)).toContain('SLUICE_SOURCE_SHOP');
    expect(secretsOf(second)).toEqual([]);
    expect(second.env['SLUICE_API_KEY']).not.toBe(first.env['SLUICE_API_KEY']);
  });

  test('has what its deployment sets, whatever the name', async () => {
    const pool = await keyed.pool();
    await using _worker = await keyed.worker(pool);
    const env = { SLUICE_SOURCE_SHOP: '/its/own', PGPASSWORD: 'its own', MINE: 'yes' };
    const name = await keyed.deploy(pool, tellsEnvironment, { env, sources: ['shop'] });
    expect((await told(keyed, name)).env).toMatchObject(env);
  });

  test('cannot get a source by the variables of its run', async () => {
    const pool = await keyed.pool();
    await using _worker = await keyed.worker(pool);
    const name = await keyed.deploy(pool, tellsEnvironment);
    const { id } = await keyed.start(name, {}, { job_variables: { sources: ['shop'] } });
    expect(secretsOf((await keyed.result(await keyed.ended(id))) as Told)).toEqual([]);
  });

  test('of a worker with a clean environment has only what its deployment names', async () => {
    const pool = await keyed.pool();
    await using _worker = await keyed.worker(pool, { cleanEnv: true });
    const name = await keyed.deploy(pool, tellsEnvironment, { env: { MINE: 'yes' }, sources: ['shop'] });
    const result = await told(keyed, name);
    expect(secretsOf(result)).toEqual([...DATABASES, 'SLUICE_SOURCE_SHOP'].sort());
    expect(result.env).toMatchObject({ MINE: 'yes', PATH: process.env['PATH'], PGUSER: 'reader' });
    for (const gone of ['AWS_SECRET_ACCESS_KEY', 'SLUICE_RETRY_SECONDS', 'TEST_MARKS']) expect(result.env, gone).not.toHaveProperty(gone);
  });

  test('that waits for its run has no secret of any run', async () => {
    const pool = await keyed.pool();
    await using _worker = await keyed.worker(pool);
    const name = await keyed.deploy(pool, tellsEnvironment, { sources: ['shop'] });
    await keyed.run(name);
    await eventually(() => {
      const spares = childrenOf(process.pid, 'sdk/src/process/main.ts');
      expect(spares).not.toEqual([]);
      for (const pid of spares) expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toMatch(new RegExp(`${CANARY}|${KEY}`));
    });
  });

  test.each([
    ['a key', () => keyed],
    ['user and password', () => basic],
  ])('does all that it does with a server with %s', async (_name, of) => {
    const lab = of();
    const pool = await lab.pool();
    await using _workers = await lab.worker(pool, { limit: 2, loggingLevel: 'INFO' });
    const child = await lab.deploy(pool, tellsEnvironment);
    const run = await lab.run(await lab.deploy(pool, doesAll), { child });
    expect(run.state?.message ?? '', run.state?.message ?? '').toBe('');
    expect(await lab.result(run)).toEqual({ doubled: [2, 4], child: 'COMPLETED', sub: 8 });
    const logs = await lab.client.request('POST /logs/filter', { body: { logs: { flow_run_id: { any_: [run.id] } } } });
    expect(logs.map(({ message }) => message)).toEqual(expect.arrayContaining(['a line of the flow', 'another line']));
  });

  test('may start a program that calls a flow itself', async () => {
    const pool = await keyed.pool();
    await using _worker = await keyed.worker(pool);
    const run = await keyed.run(await keyed.deploy(pool, startsProgram));
    expect(await keyed.result(run)).toBe('1');
    const runs = await keyed.client.request('POST /flow_runs/filter', { body: {} });
    const own = runs.filter(({ created_by }) => created_by?.id === run.id);
    expect(own).toMatchObject([{ state_type: 'COMPLETED', created_by: { type: 'FLOW_RUN' } }]);
  });

  test('without a key at its server has none, and sends none', async () => {
    const open = await startLab(inject('postgres'));
    const pool = await open.pool();
    await using worker = await open.worker(pool);
    expect((await told(open, await open.deploy(pool, tellsEnvironment))).env).not.toHaveProperty('SLUICE_API_KEY');
    worker.drain();
    await worker.ended;
    await open.stop();
  });
});
