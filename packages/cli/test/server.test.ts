import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '@sluice/server/testing';
import { afterAll, beforeAll, beforeEach, expect, inject, onTestFinished, test } from 'vitest';
import { createSluice, type Sluice } from './support/sluice.ts';

let database: TestDatabase;
let root: string;
let home: string;
let sluice: Sluice;

beforeAll(async () => {
  database = await createTestDatabase(inject('postgres'));
});
afterAll(() => database.drop());
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-cli-'));
  home = join(root, 'home');
  sluice = createSluice({ SLUICE_HOME: home, SLUICE_DATABASE_URL: database.url, SLUICE_SERVER_PORT: '0' });
  onTestFinished(async () => {
    if (existsSync(join(home, 'server.json'))) await sluice.run(['server', 'stop']);
    rmSync(root, { recursive: true, force: true });
  });
});

test('a server in the foreground says where it is, and Ctrl+C stops it cleanly', async () => {
  const server = sluice.start(['server', 'start']);
  const said = await server.until(/API {6}http:\/\/127\.0\.0\.1:\d+\/api\n/);
  expect(said).toMatch(/^The server is ready\.\n {2}Page {5}http:\/\/127\.0\.0\.1:\d+\n/);
  // Other commands find it, though it is not on the default port.
  const status = await sluice.run(['server', 'status', '-o', 'json']);
  expect(JSON.parse(status.stdout)).toMatchObject({ home, database: { embedded: false } });
  server.signal('SIGINT');
  expect(await server.ended).toMatchObject({ code: 0, stderr: 'Stopping …\n' });
  expect(existsSync(join(home, 'server.json'))).toBe(false);
});

test('a server without its pages serves the API alone, in the background too', async () => {
  const start = await sluice.run(['server', 'start', '--no-ui', '--background']);
  expect(start).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^The server is ready\.\n {2}API {6}http/) });
  const api = /API +(\S+)/.exec(start.stdout)?.[1] as string;
  expect((await fetch(`${api}/health`)).status).toBe(200);
  expect((await fetch(api.replace(/api$/, ''), { headers: { accept: 'text/html' } })).status).toBe(404);
});

test('a server that is told twice to stop still stops cleanly', async () => {
  const server = sluice.start(['server', 'start']);
  await server.until(/API {6}http/);
  server.signal('SIGINT');
  server.signal('SIGTERM');
  expect(await server.ended).toMatchObject({ code: 130, stderr: 'Stopping …\n' });
  expect(existsSync(join(home, 'server.json'))).toBe(false);
});

test('a server in the background is there when the command returns, and is stopped by another', async () => {
  const start = await sluice.run(['server', 'start', '--background']);
  expect(start).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('stop it with: sluice server stop') });
  expect(await sluice.run(['server', 'status'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^API\thttp.*\nSluice\t0\.1\.0\n/) });

  const { pid } = JSON.parse(readFileSync(join(home, 'server.json'), 'utf8')) as { pid: number };
  const second = await sluice.run(['server', 'start']);
  expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining(`Another server (process ${pid}`) });
  expect((await sluice.run(['server', 'start', '--background'])).stderr).toBe(second.stderr);

  expect(await sluice.run(['server', 'stop'])).toEqual({ code: 0, stdout: `The server (process ${pid}) has stopped.\n`, stderr: '' });
  expect(existsSync(join(home, 'server.json'))).toBe(false);
  expect(await sluice.run(['server', 'stop'])).toEqual({ code: 0, stdout: `No server runs on ${home}.\n`, stderr: '' });
});

test('a port in use, and an address open to all, are one sentence and the next step', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  const { port } = await new Promise<{ port: number }>((resolve) => other.once('listening', () => resolve(other.address() as { port: number })));
  const taken = await sluice.run(['server', 'start', '--port', String(port)]);
  expect(taken).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^Error: Port \d+ of 127\.0\.0\.1 is in use by another program\.\nChoose another/),
  });
  const open = await sluice.run(['server', 'start', '--host', '0.0.0.0']);
  expect(open).toMatchObject({ code: 2, stderr: expect.stringContaining('--allow-open') });

  const next = sluice.start(['server', 'start', '--port', String(port), '--next-free-port']);
  const said = await next.until(/API .*\n/);
  expect(said).not.toContain(`:${port}/api`);
  next.signal('SIGTERM');
  expect((await next.ended).code).toBe(0);
});

test('without a server the status is exit code 5', async () => {
  const { code, stderr } = await sluice.run(['server', 'status'], { env: { SLUICE_API_URL: 'http://127.0.0.1:9/api' } });
  expect(stderr).toContain('does not answer');
  expect(code).toBe(5);
});

test('reset leaves a home alone while a server runs on it, unless it may stop it', async () => {
  await sluice.run(['server', 'start', '--background']);
  const refused = await sluice.run(['reset']);
  expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('sluice reset --force') });
  const forced = await sluice.run(['reset', '--force', '--yes']);
  expect(forced).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^Removed .* \([\d.]+ [kMG]?B\)\.\n.* are free again\.\n$/) });
  expect(existsSync(home)).toBe(false);
  expect((await sluice.run(['reset'])).stdout).toBe(`There is nothing to remove: ${home} does not exist.\n`);
});

test('reset removes no folder that is not a home', async () => {
  mkdirSync(home);
  writeFileSync(join(home, 'thesis.tex'), 'years of work');
  expect(await sluice.run(['reset', '--yes'])).toMatchObject({ code: 2, stderr: expect.stringContaining('does not look like a home') });
  writeFileSync(join(home, 'config.env'), '');
  // Now it looks like one, but the user stands in it.
  expect(await sluice.run(['reset', '--yes'], { cwd: home })).toMatchObject({ code: 2 });
  expect(existsSync(join(home, 'thesis.tex'))).toBe(true);
});
