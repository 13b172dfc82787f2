import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, findDeployment } from '@sluice/client';
import { beforeAll, expect, test } from 'vitest';
import { startCommand } from './support/command.ts';
import type { Sluice } from './support/sluice.ts';

/* Flags and other words that Prefect's command takes, on commands that are tested elsewhere. */

let url: string;
let client: Client;
let sluice: Sluice;
let home: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'sluice-flags-'));
  const started = await startCommand({ env: { SLUICE_HOME: home } });
  ({ client, sluice, url } = started);
  await client.request('POST /work_pools/', { body: { name: 'default-pool' } });
  return async () => {
    rmSync(home, { recursive: true });
    await started.stop();
  };
});

const run = (...words: string[]) => sluice.run(words);
async function json(...words: string[]) {
  const { code, stdout, stderr } = await run(...words, '-o', 'json');
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return JSON.parse(stdout);
}
async function deploy(flow: string, name: string): Promise<string> {
  const { id: flow_id } = await client.request('POST /flows/', { body: { name: flow } });
  return (await client.request('POST /deployments/', { body: { name, flow_id, work_pool_name: 'default-pool' } })).id;
}

test('a deployment is run by its id, at a time, with variables of its infrastructure', async () => {
  const id = await deploy('load', 'nightly');
  const variables = ['--job-variable', 'image=etl:2', '--job-variable', 'memory=512'];
  const made = await json('deployment', 'run', '--id', id, '-p', 'table=orders', ...variables, '--start-at', '2099-01-31T17:30:00+01:00');
  expect(made).toMatchObject({ deployment_id: id, parameters: { table: 'orders' }, job_variables: { image: 'etl:2', memory: 512 } });
  expect(Date.parse(made.expected_start_time)).toBe(Date.parse('2099-01-31T16:30:00Z'));
  const both = await run('deployment', 'run', 'load/nightly', '--start-at', '2099-01-31', '--start-in', '5m');
  expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('not both') });
  expect(await run('deployment', 'run', 'load/nightly', '--start-at', 'teatime')).toMatchObject({ code: 2 });
  expect(await run('deployment', 'run', 'load/nightly', '--job-variable', 'image')).toMatchObject({ code: 2 });
  expect(await run('deployment', 'run', 'load/nightly', '--id', id)).toMatchObject({ code: 2 });
  expect(await run('deployment', 'run')).toMatchObject({ code: 2 });
});

test('deployments are listed by flow, the newest first when asked to, and all deleted', async () => {
  await deploy('load', 'zeta');
  await deploy('load', 'alpha');
  await deploy('clean', 'weekly');
  const names = async (...words: string[]) => (await json('deployment', 'ls', ...words)).map(({ name }: { name: string }) => name);
  expect(await names('load')).toEqual(['alpha', 'nightly', 'zeta']);
  expect(await names('load', 'clean', '--by-created')).toEqual(['weekly', 'alpha', 'zeta', 'nightly']);
  expect(await run('deployment', 'delete', '--yes')).toMatchObject({ code: 2, stderr: expect.stringContaining('--all') });
  expect(await run('deployment', 'delete', 'load/alpha', '--all')).toMatchObject({ code: 2 });
  expect(await run('deployment', 'delete', '--all', '--yes')).toMatchObject({ code: 0 });
  expect(await names()).toEqual([]);
  expect(await run('deployment', 'delete', '--all', '--yes')).toEqual({ code: 0, stdout: '', stderr: 'There are none.\n' });
});

test('a work pool is made, changed by the same command with --overwrite, and made the one that is used', async () => {
  expect(await run('work-pool', 'create', 'etl', '--type', 'docker', '--image', 'etl:1', '--set-as-default')).toEqual({
    code: 0,
    stdout: 'Created work pool "etl" (type docker). It is the pool where none is named.\n',
    stderr: '',
  });
  expect(readFileSync(join(home, 'config.env'), 'utf8')).toBe('SLUICE_WORK_POOL=etl\n');
  expect(await run('work-pool', 'create', 'etl')).toMatchObject({ code: 1, stderr: expect.stringContaining('--overwrite') });
  const before = await json('work-pool', 'inspect', 'etl');
  const changed = await json('work-pool', 'create', 'etl', '--overwrite', '--concurrency-limit', '3');
  expect(changed).toMatchObject({ id: before.id, type: 'docker', concurrency_limit: 3, base_job_template: before.base_job_template });
  const other = await run('work-pool', 'create', 'etl', '--overwrite', '--type', 'process');
  expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('is of type docker') });

  const template = { variables: { type: 'object', properties: {} }, job_configuration: { image: 'etl:2' } };
  const updated = await sluice.run(['work-pool', 'update', 'etl', '--base-job-template', '-', '-o', 'json'], { input: JSON.stringify(template) });
  expect(updated).toMatchObject({ code: 0 });
  expect(JSON.parse(updated.stdout)).toMatchObject({ base_job_template: template });
  rmSync(join(home, 'config.env'));
});

test('a worker makes its pool when it is told its type', async () => {
  expect(await run('worker', 'start', '--pool', 'fresh')).toMatchObject({ code: 3 });
  expect(await run('worker', 'start', '--pool', 'fresh', '--base-job-template', 'x')).toMatchObject({ code: 2 });
  const worker = sluice.start(['worker', 'start', '--pool', 'fresh', '--type', 'process']);
  await worker.until(/online/);
  worker.signal('SIGTERM');
  await worker.ended;
  expect(await json('work-pool', 'inspect', 'fresh')).toMatchObject({ type: 'process' });
});

test('lists are as long as they are asked to be, and of names that start so', async () => {
  for (const name of ['a', 'b', 'c']) {
    await client.request('POST /variables/', { body: { name, value: 1 } });
    await client.request('POST /concurrency_limits/', { body: { tag: name, concurrency_limit: 1 } });
    await client.request('POST /work_pools/{name}/queues', { params: { name: 'default-pool' }, body: { name: `lane-${name}` } });
  }
  const names = async (...words: string[]) => (await json(...words)).map(({ name, tag }: { name?: string; tag?: string }) => tag ?? name);
  expect(await names('variable', 'ls')).toEqual(['a', 'b', 'c']);
  expect(await names('variable', 'ls', '--limit', '2')).toEqual(['a', 'b']);
  const limits = await names('concurrency-limit', 'ls');
  expect(await names('concurrency-limit', 'ls', '--limit', '1', '--offset', '1')).toEqual(limits.slice(1, 2));
  expect((await names('work-queue', 'ls', '-p', 'default-pool', '--match', 'lane-')).sort()).toEqual(['lane-a', 'lane-b', 'lane-c']);
});

test('lists of pools and queues tell more when they are asked to', async () => {
  const template = { variables: { type: 'object', properties: {} }, job_configuration: { image: 'etl:3' } };
  const pool = { name: 'wordy', type: 'docker', description: 'of the loads', base_job_template: template };
  await client.request('POST /work_pools/', { body: pool });
  await client.request('POST /work_pools/{name}/queues', { params: { name: 'wordy' }, body: { name: 'slow', description: 'at night' } });
  const line = async (...words: string[]) => (await run(...words)).stdout.split('\n').find((each) => /^(wordy|slow)\t/.test(each));
  expect(await line('work-pool', 'ls')).not.toContain('of the loads');
  expect(await line('work-pool', 'ls', '-v')).toMatch(/^wordy\tdocker\t.*\tof the loads\t\{.*"image":"etl:3".*\}$/);
  expect(await line('work-queue', 'ls', '-p', 'wordy')).not.toContain('at night');
  expect(await line('work-queue', 'ls', '-p', 'wordy', '--verbose')).toMatch(/^slow\twordy\t.*\tat night$/);
});

test('a limit is written to a file, and an automation as YAML that makes it again', async () => {
  await run('gcl', 'create', 'warehouse', '--limit', '3');
  const path = join(home, 'limit.json');
  expect(await run('gcl', 'inspect', 'warehouse', '--file', path)).toEqual({
    code: 0,
    stdout: `Wrote the limit "warehouse" to ${path}.\n`,
    stderr: '',
  });
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ name: 'warehouse', limit: 3 });

  const body = { name: 'tell', trigger: { type: 'event', posture: 'Reactive', expect: ['x'] }, actions: [{ type: 'do-nothing' }] };
  await run('automation', 'create', '--from-json', JSON.stringify(body));
  const { stdout } = await run('automation', 'inspect', 'tell', '--yaml');
  const { id, created, updated, ...told } = JSON.parse((await run('automation', 'inspect', 'tell', '--json')).stdout);
  const file = join(home, 'tell.yaml');
  writeFileSync(file, stdout);
  await run('automation', 'delete', 'tell', '--yes');
  expect(await run('automation', 'create', '--from-file', file)).toMatchObject({ code: 0 });
  const again = await json('automation', 'inspect', 'tell');
  expect(again).toMatchObject({ name: told.name, actions: told.actions, trigger: { expect: told.trigger.expect } });
  expect(again.id).not.toBe(id);
  const missing = await run('automation', 'inspect', 'none', '--json');
  expect(JSON.parse(missing.stderr)).toMatchObject({ error: { code: 'NOT_FOUND' } });
});

test("Prefect's other words for a verb are taken", async () => {
  const automation = { name: 'a', trigger: { type: 'event', posture: 'Reactive', expect: ['x'] }, actions: [{ type: 'do-nothing' }] };
  await run('automation', 'create', '--from-json', JSON.stringify(automation));
  expect(await json('automation', 'disable', 'a')).toMatchObject({ enabled: false });
  expect(await json('automation', 'enable', 'a')).toMatchObject({ enabled: true });
  await run('variable', 'set', 'region', 'eu');
  expect(await run('variable', 'delete', 'region', '--yes')).toMatchObject({ code: 0 });
});

test('a deployment is deleted by its id, and by that or its name alone', async () => {
  const id = await deploy('by-id', 'gone');
  expect(await run('deployment', 'delete', 'by-id/gone', '--id', id, '--yes')).toMatchObject({ code: 2, stderr: expect.stringContaining('--id') });
  expect(await run('deployment', 'delete', '--id', id, '--yes')).toEqual({ code: 0, stdout: 'Deleted deployment "by-id/gone".\n', stderr: '' });
  expect(await run('deployment', 'delete', '--id', id, '--yes')).toMatchObject({ code: 3 });
});

test('the loops of the server are listed, and its version beside that of the command', async () => {
  const services = await json('server', 'services', 'ls');
  expect(services.map(({ name }: { name: string }) => name)).toContain('reaper');
  const shown = await run('version');
  expect(shown.stdout).toMatch(/^Sluice\t(\d+\.\d+\.\d+)\nNode\t.*\n(.*\n)*Server\t\1\n$/);
  const away = await sluice.run(['version', '-o', 'json'], { env: { SLUICE_API_URL: 'http://127.0.0.1:1/api' } });
  expect(JSON.parse(away.stdout)).toMatchObject({ server: null, api_url: 'http://127.0.0.1:1/api' });
});

test('a server that does not answer yet is waited for, no longer than that', async () => {
  expect(await run('server', 'status', '--wait', '--timeout', '60')).toMatchObject({ code: 0 });
  const away = await sluice.run(['server', 'status', '--wait', '-t', '1'], { env: { SLUICE_API_URL: 'http://127.0.0.1:1/api' } });
  expect(away).toMatchObject({ code: 124, stderr: expect.stringContaining('No server has answered within 1 s.') });
});

test('pages open in a browser, and their address is said where there is none', async () => {
  const [browser, seen] = [join(home, 'browser'), join(home, 'seen')];
  writeFileSync(browser, `#!/bin/sh\necho "$1" > '${seen}'\n`);
  chmodSync(browser, 0o755);
  const page = url.replace(/\/api$/, '');
  const env = { BROWSER: browser };
  expect(await sluice.run(['dashboard', 'open'], { env })).toEqual({ code: 0, stdout: `Opened ${page}.\n`, stderr: '' });
  expect(readFileSync(seen, 'utf8')).toBe(`${page}\n`);
  const id = await deploy('shown', 'shown');
  const { id: runId } = await client.request('POST /deployments/{id}/create_flow_run', { params: { id }, body: {} });
  expect(await sluice.run(['flow-run', 'inspect', runId, '--web'], { env })).toMatchObject({ code: 0 });
  expect(readFileSync(seen, 'utf8')).toBe(`${page}/runs/${runId}\n`);
  const none = await sluice.run(['dashboard', 'open'], { env: { BROWSER: join(home, 'none') } });
  expect(none).toMatchObject({ code: 0, stdout: `No browser can be opened here. The page is at ${page}\n` });
  expect(await findDeployment(client, 'shown/shown')).toMatchObject({ id });
});
