import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveSettings, type SettingName } from '@sluice/core/settings/settings';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { readServerFile } from './home-lock.ts';
import { startServer } from './server.ts';
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts';

let home: string;
let database: TestDatabase;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-home-'));
  database = await createTestDatabase(inject('postgres'));
});
afterAll(async () => {
  await database.drop();
  await rm(home, { recursive: true, force: true });
});

const settings = (flags: { readonly [N in SettingName]?: string } = {}) =>
  resolveSettings({ home, port: '0', database_url: database.url, ...flags }, {}, {}).values;

/** Starts what must not start. */
const refused = async (flags: { readonly [N in SettingName]?: string }, options: { nextFreePort?: boolean } = {}) => {
  const error = await startServer({ settings: settings(flags), ...options }).then(
    async (server) => {
      await server.stop();
      return undefined;
    },
    (reason) => reason as { code: string; message: string; hint?: string },
  );
  expect(error?.message, 'one sentence').toMatch(/^[A-Z][^\n]*\.?$/);
  expect(error?.message, 'no secret').not.toContain('s3cret');
  return { code: error?.code, message: error?.message, hint: error?.hint };
};

describe('a server tells where it is', () => {
  test('in its home, while it runs', async () => {
    const server = await startServer({ settings: settings() });
    expect(await readServerFile(home)).toMatchObject({ pid: process.pid, url: server.url });
    expect(server.url).toBe(`http://127.0.0.1:${server.port}/api`);
    await server.stop();
    expect(await readServerFile(home)).toBeUndefined();
    expect((await stat(join(home, 'logs', 'server.log'))).size).toBeGreaterThan(0);
  });

  test('on every address when it listens on all, and in brackets when that is IPv6', async () => {
    const all = await startServer({ settings: settings({ host: '0.0.0.0', allow_open: 'true' }) });
    expect(all.url).toBe(`http://127.0.0.1:${all.port}/api`);
    await all.stop();
    const six = await startServer({ settings: settings({ host: '::1' }) });
    expect(six.url).toBe(`http://[::1]:${six.port}/api`);
    expect(await (await fetch(`${six.url}/health`)).json()).toBe(true);
    await six.stop();
  });
});

test('a home is for its owner alone, also one that was made for all before', async () => {
  await mkdir(join(home, 'logs'), { recursive: true });
  await chmod(home, 0o755);
  await chmod(join(home, 'logs'), 0o755);
  const server = await startServer({ settings: settings() });
  const modeOf = async (...path: string[]) => (await stat(join(home, ...path))).mode & 0o777;
  // As root another user, whom PostgreSQL runs as, may pass through it.
  expect(await modeOf()).toBe(process.getuid?.() === 0 ? 0o711 : 0o700);
  expect(await modeOf('logs')).toBe(0o700);
  expect(await modeOf('server.json')).toBe(0o600);
  await server.stop();
});

describe('a server does not start', () => {
  test('open to others without a key, unless it is told to', async () => {
    expect(await refused({ host: '0.0.0.0' })).toMatchObject({ code: 'UNSAFE_HOST', hint: expect.stringContaining('--allow-open') });
    expect(await refused({ host: '192.0.2.1' })).toMatchObject({ code: 'UNSAFE_HOST' });
    const keyed = await startServer({ settings: settings({ host: '0.0.0.0', api_key: 'k'.repeat(16) }) });
    await keyed.stop();
  });

  test('open to others with a key that is guessed soon, which is enough on this machine alone', async () => {
    const short = {
      code: 'UNSAFE_HOST',
      message: expect.stringContaining('shorter than 16 characters'),
      hint: expect.stringContaining('openssl rand'),
    };
    expect(await refused({ host: '0.0.0.0', api_key: 'k'.repeat(15) })).toMatchObject(short);
    expect(await refused({ host: '::', auth_string: 'a-very-long-name-of-a-user:pass' })).toMatchObject(short);
    expect(await refused({ host: '0.0.0.0', api_key: 'k'.repeat(40), auth_string: 'u:short' })).toMatchObject(short);
    const alone = await startServer({ settings: settings({ api_key: 'k' }) });
    await alone.stop();
  });

  test('on an address that this machine has not', async () => {
    expect(await refused({ host: '192.0.2.1', api_key: 'k'.repeat(16) })).toMatchObject({
      code: 'INVALID_SETTING',
      message: 'This machine has no address 192.0.2.1 to listen on.',
      hint: expect.stringContaining('--host'),
    });
  });

  test('on a port that another program has, unless the next one will do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    expect(await refused({ port: String(port) })).toMatchObject({
      code: 'PORT_IN_USE',
      message: `Port ${port} of 127.0.0.1 is in use by another program.`,
    });
    const next = await startServer({ settings: settings({ port: String(port) }), nextFreePort: true });
    expect(next.port).toBeGreaterThan(port);
    await next.stop();
    other.close();
  });

  test('on a home that another server has, and starts when that one is gone', async () => {
    const first = await startServer({ settings: settings() });
    expect(await refused({})).toMatchObject({
      code: 'HOME_IN_USE',
      message: `Another server (process ${process.pid}, ${first.url}) uses the home ${home}.`,
    });
    await first.stop();
    const second = await startServer({ settings: settings() });
    await second.stop();
  });

  test.each([
    ['that is no URL', 'not a url', 'INVALID_SETTING'],
    ['of another kind', 'mysql://u:s3cret@127.0.0.1/db', 'INVALID_SETTING'],
    ['where nobody listens', 'postgres://u:s3cret@127.0.0.1:1/db', 'DATABASE_UNAVAILABLE'],
    ['of an unknown machine', 'postgres://u:s3cret@no-such-host.invalid/db', 'DATABASE_UNAVAILABLE'],
  ])('with a database URL %s', async (_what, database_url, code) => {
    const error = await refused({ database_url });
    expect(error).toMatchObject({ code, hint: expect.stringContaining('SLUICE_DATABASE_URL') });
  });

  test('with a database or a password that is wrong', async () => {
    const absent = database.url.replace(database.name, 'no_such_database');
    expect(await refused({ database_url: absent })).toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      message: expect.stringContaining('does not exist'),
    });
    const wrong = new URL(database.url);
    wrong.password = 's3cret';
    expect(await refused({ database_url: wrong.href })).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });

  test('and leaves nothing behind that would keep the next one from starting', async () => {
    await refused({ host: '192.0.2.1' });
    const server = await startServer({ settings: settings() });
    await server.stop();
  });
});

test('what a killed server left in its home is taken over, whatever it is', async () => {
  for (const left of [
    JSON.stringify({ pid: 4_000_000, born: '1', url: null }),
    JSON.stringify({ pid: process.pid, born: 'before', url: null }),
    '{"pid":',
    '',
  ]) {
    await writeFile(join(home, 'server.json'), left);
    const server = await startServer({ settings: settings() });
    expect(JSON.parse(await readFile(join(home, 'server.json'), 'utf8'))).toMatchObject({ pid: process.pid, url: server.url });
    await server.stop();
  }
});
