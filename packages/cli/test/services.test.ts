import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning } from '@sluice/home/processes';
import { createTestDatabase } from '@sluice/server/testing';
import { expect, inject, onTestFinished, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { createSluice, type Running } from './support/sluice.ts';

const KEY = 'a-key-of-this-test';

/** Real commands on a home of their own; what a test starts is stopped with it, the newest first. */
function commands(env: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), 'sluice-services-'));
  const sluice = createSluice({ SLUICE_HOME: join(root, 'home'), SLUICE_SERVER_PORT: '0', SLUICE_API_KEY: KEY, ...env });
  const running: Running[] = [];
  onTestFinished(async () => {
    for (const each of running.reverse()) {
      each.signal('SIGTERM');
      await each.ended;
    }
    rmSync(root, { recursive: true, force: true });
  });
  const start = (words: string) => {
    const started = sluice.start(words.split(' '));
    running.push(started);
    return started;
  };
  return { home: join(root, 'home'), start, run: (words: string) => sluice.run(words.split(' ')) };
}

const apiOf = async (server: Running): Promise<string> => /API {6}(\S+)\n/.exec(await server.until(/API {6}\S+\n/))?.[1] ?? '';

async function post<T>(api: string, path: string, body: unknown): Promise<T> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${KEY}` };
  const answer = await fetch(`${api}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(answer.status, path).toBeLessThan(300);
  return (answer.status === 204 ? null : await answer.json()) as T;
}

test('with --no-services a schedule makes no runs; the services in another process make them, and do what automations ask for', async () => {
  const database = await createTestDatabase(inject('postgres'));
  onTestFinished(() => database.drop());
  const { start, run } = commands({ SLUICE_DATABASE_URL: database.url });
  const api = await apiOf(start('server start --no-services'));
  const { id: flow_id } = await post<{ id: string }>(api, '/flows/', { name: 'hourly' });
  const deployment = (name: string, more: object = {}) => post<{ id: string }>(api, '/deployments/', { name, flow_id, ...more });
  const { id: hourly } = await deployment('hourly', { schedules: [{ schedule: { interval: 3600 } }] });
  const { id: asked } = await deployment('asked');
  const actions = [{ type: 'run-deployment', source: 'selected', deployment_id: asked }];
  await post(api, '/automations/', { name: 'once', trigger: { type: 'event', posture: 'Reactive', expect: ['told'] }, actions });

  const status = JSON.parse((await run('server status -o json')).stdout) as { services: unknown[] };
  expect(status.services).toEqual([]);
  const runsOf = async (id: string) => (await post<unknown[]>(api, '/flow_runs/filter', { deployments: { id: { any_: [id] } } })).length;
  expect(await runsOf(hourly)).toBe(0);

  const services = start('server services start');
  await services.until(/The services run\.\n/);
  await eventually(async () => expect(await runsOf(hourly)).toBeGreaterThanOrEqual(3));
  // An automation counts from when somebody reads for it.
  await eventually(async () => {
    const told = { id: crypto.randomUUID(), occurred: new Date().toISOString(), event: 'told', resource: { 'prefect.resource.id': 'a' } };
    await post(api, '/events', [told]);
    expect(await runsOf(asked)).toBeGreaterThan(0);
  });

  const second = await run('server services start');
  expect(second).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Error: Another process \(\d+\) runs the services/) });
  services.signal('SIGTERM');
  expect(await services.ended).toMatchObject({ code: 0, stdout: 'The services run.\n', stderr: 'Stopping …\n' });
});

test('services beside a server with its own PostgreSQL use that one, and what they do is told to those who wait at the server', async () => {
  const { start, run } = commands({});
  const none = await run('server services start');
  expect(none).toMatchObject({ code: 5, stderr: expect.stringContaining('is not running') });

  const api = await apiOf(start('server start --no-services'));
  await start('server services start').until(/The services run\.\n/);
  const { id: flow_id } = await post<{ id: string }>(api, '/flows/', { name: 'paused' });
  const { id } = await post<{ id: string }>(api, '/flow_runs/', { flow_id, state: { type: 'RUNNING' } });
  const pause_timeout = new Date().toISOString();
  const { state } = await post<{ state: { id: string } }>(api, `/flow_runs/${id}/set_state`, {
    state: { type: 'PAUSED', state_details: { pause_timeout } },
    force: true,
  });
  // The services end the pause. Without news from them the wait would last for its whole time, beyond that of this test.
  const ended = await post<object>(api, '/flow_runs/wait', { ids: [id], since: { [id]: state.id }, wait_seconds: 60 });
  expect(ended).toMatchObject({ done: true, flow_runs: [{ id, state_type: 'FAILED' }] });
});

test('a server that runs the services itself wants no other process to do so', async () => {
  const database = await createTestDatabase(inject('postgres'));
  onTestFinished(() => database.drop());
  const { start, run } = commands({ SLUICE_DATABASE_URL: database.url });
  await apiOf(start('server start'));
  const refused = await run('server services start');
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/runs the services itself\.\nStart it with: sluice server start --no-services/),
  });
});

test('services in the background are told of by the status, stopped by their command, and by a reset that may', async () => {
  const database = await createTestDatabase(inject('postgres'));
  onTestFinished(() => database.drop());
  const { start, run, home } = commands({ SLUICE_DATABASE_URL: database.url });
  onTestFinished(async () => void (await run('server services stop')));
  await apiOf(start('server start --no-services'));
  const servicesOf = async () => JSON.parse((await run('server status -o json')).stdout) as { services_process: number | null };
  expect(await servicesOf()).toMatchObject({ services: [], services_process: null });
  expect((await run('server status')).stdout).toContain('Services\tnot in this home; start them with: sluice server services start\n');

  const started = await run('server services start --background');
  expect(started).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('stop it with: sluice server services stop\n') });
  const { services_process: pid } = await servicesOf();
  expect((await run('server status')).stdout).toContain(`Services\tin process ${pid}\n`);
  const second = await run('server services start --background');
  expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining(`Another process (${pid}) runs the services`) });

  expect(await run('server services stop')).toEqual({ code: 0, stdout: `The services (process ${pid}) have stopped.\n`, stderr: '' });
  expect(await run('server services stop')).toMatchObject({ code: 0, stdout: `No process of their own runs the services with ${home}.\n` });
  expect(await servicesOf()).toMatchObject({ services_process: null });

  await run('server services start --background');
  const again = (await servicesOf()).services_process;
  const stopped = await run('server stop');
  expect(stopped).toMatchObject({ code: 0, stderr: `The services (process ${again}) still run. Stop them with: sluice server services stop\n` });
  expect(await run('server status')).toMatchObject({
    code: 5,
    stderr: expect.stringContaining(`The services of this home run, in process ${again}.`),
  });
  const refused = await run('reset --yes');
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(`Services (process ${again}) of the home ${home} still run.`) });
  expect(await run('reset --yes --force')).toMatchObject({ code: 0, stderr: '' });
  expect(existsSync(home)).toBe(false);
  expect(again && isRunning(again)).toBe(false);
});
