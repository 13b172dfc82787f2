import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestServer, type TestServer } from '@sluice/server/testing';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { noteKeptWorkers, readKeptWorkers } from '../src/etl/kept-workers.ts';
import { createSluice, type Running, type Sluice } from './support/sluice.ts';

let server: TestServer;
let sluice: Sluice;
let home: string;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  sluice = createSluice({ SLUICE_API_URL: server.url, SLUICE_BEAT_SECONDS: '1' });
  await sluice.run(['setup'], { env: { SLUICE_HOME: server.home } });
});
afterAll(() => server.stop());
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-home-'));
  return () => rm(home, { recursive: true, force: true });
});

const isNoted = (folder = home) => existsSync(join(folder, 'workers.pid'));

let made = 0;

/** Workers as `etl --keep` leaves them. Two that live have two names. */
async function keepWorkers(folder = home): Promise<Running> {
  const name = `kept-${++made}`;
  const workers = sluice.start(['worker', 'start', '--workers', '1', '--name', name], { env: { SLUICE_HOME: folder } });
  await noteKeptWorkers(folder, workers.pid);
  await workers.until(new RegExp(`${name}-1: online`));
  return workers;
}

test('workers that were kept forget their note when they are stopped, and that of no others', async () => {
  const workers = await keepWorkers();
  const others = await keepWorkers();
  workers.signal('SIGTERM');
  expect(await workers.ended).toMatchObject({ code: 0 });
  expect(await readKeptWorkers(home)).toBe(others.pid);
  others.signal('SIGTERM');
  await others.ended;
  expect(isNoted()).toBe(false);
});

test('the note of workers that were killed is removed by the next server stop', async () => {
  const workers = await keepWorkers();
  workers.signal('SIGKILL');
  await workers.ended;
  expect(isNoted()).toBe(true);
  expect(await sluice.run(['server', 'stop'], { env: { SLUICE_HOME: home } })).toMatchObject({ code: 0, stderr: '' });
  expect(isNoted()).toBe(false);
});

test('a note is also removed when another program has its process id now', async () => {
  const other = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
  await noteKeptWorkers(home, other.pid as number);
  expect(await readKeptWorkers(home)).toBeUndefined();
  expect(isNoted()).toBe(false);
  other.stdin?.end();
  await once(other, 'exit');
});

test('reset says what of the home still runs: the server, workers, or both', async () => {
  const workers = await keepWorkers(server.home);
  await noteKeptWorkers(home, workers.pid);
  const said = async (folder: string) => (await sluice.run(['reset', '--yes'], { env: { SLUICE_HOME: folder } })).stderr.split('\n')[0];
  expect(await said(home)).toBe(`Error: Workers (process ${workers.pid}) of the home ${home} still run.`);
  expect(await said(server.home)).toBe(
    `Error: A server (process ${process.pid}) and workers (process ${workers.pid}) of the home ${server.home} still run.`,
  );
  workers.signal('SIGTERM');
  await workers.ended;
  expect(await said(server.home)).toBe(`Error: A server (process ${process.pid}) of the home ${server.home} still runs.`);
});
