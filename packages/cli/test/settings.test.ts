import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestServer } from '@sluice/server/testing';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createSluice, type Sluice } from './support/sluice.ts';

let home: string;
let sluice: Sluice;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'sluice-home-'));
  sluice = createSluice({ SLUICE_HOME: home });
});
afterAll(() => rmSync(home, { recursive: true }));

interface Shown {
  readonly name: string;
  readonly value: string | null;
  readonly source: string;
}

async function view(env: Record<string, string> = {}, args: readonly string[] = []): Promise<Map<string, Shown>> {
  const { stdout } = await sluice.run(['config', 'view', '-o', 'json', ...args], { env });
  return new Map((JSON.parse(stdout) as Shown[]).map((row) => [row.name, row]));
}

test('a setting is written to config.env, shown with where it comes from, and removed', async () => {
  writeFileSync(join(home, 'config.env'), '# mine\n\nPREFECT_LOGGING_LEVEL=DEBUG\n');
  const set = await sluice.run(['config', 'set', 'SLUICE_CONCURRENCY_LIMIT=10', 'PREFECT_API_KEY=it\'s a "key" #1']);
  expect(set).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('Set SLUICE_API_KEY.') });
  expect(statSync(join(home, 'config.env')).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(home, 'config.env'), 'utf8')).toMatch(/^# mine\n\nPREFECT_LOGGING_LEVEL=DEBUG\n/);

  const shown = await view({ PREFECT_WORK_POOL: 'theirs' }, ['--api-url', 'http://example.com/api']);
  expect(shown.get('SLUICE_CONCURRENCY_LIMIT')).toMatchObject({ value: '10', source: 'config.env' });
  expect(shown.get('SLUICE_API_KEY')).toMatchObject({ value: '********', source: 'config.env' });
  expect(shown.get('SLUICE_LOGGING_LEVEL')).toMatchObject({ value: 'DEBUG', source: 'config.env (PREFECT_LOGGING_LEVEL)' });
  expect(shown.get('SLUICE_WORK_POOL')).toMatchObject({ value: 'theirs', source: 'environment (PREFECT_WORK_POOL)' });
  expect(shown.get('SLUICE_API_URL')).toMatchObject({ value: 'http://example.com/api', source: 'flag' });
  expect(shown.get('SLUICE_LOG_DAYS')).toMatchObject({ value: '30', source: 'default' });
  const [all, some] = [await view({}, ['--show-defaults']), await view({}, ['--hide-defaults'])];
  expect(all.size).toBe(shown.size);
  expect(some.get('SLUICE_CONCURRENCY_LIMIT')).toMatchObject({ value: '10' });
  expect([...some.values()].filter(({ source }) => source === 'default')).toEqual([]);

  await sluice.run(['config', 'set', 'SLUICE_CONCURRENCY_LIMIT=', 'SLUICE_API_KEY=']);
  expect((await view()).get('SLUICE_CONCURRENCY_LIMIT')).toMatchObject({ value: '3', source: 'default' });
});

test('a setting is unset under all its names, and what cannot be read is told of', async () => {
  writeFileSync(join(home, 'config.env'), 'PREFECT_WORK_POOL=theirs\nSLUICE_WORK_POOL=ours\nSLUICE_LOG_DAYS=7\n');
  expect(await sluice.run(['config', 'validate'])).toEqual({ code: 0, stdout: 'All settings can be read.\n', stderr: '' });
  const unset = await sluice.run(['config', 'unset', 'SLUICE_WORK_POOL', '--yes'], { env: { SLUICE_WORK_POOL: 'other' } });
  expect(unset).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Removed SLUICE_WORK_POOL\.\nRemoved PREFECT_WORK_POOL\.\n.*that value counts/),
  });
  expect(readFileSync(join(home, 'config.env'), 'utf8')).toBe('SLUICE_LOG_DAYS=7\n');
  const again = await sluice.run(['config', 'unset', 'SLUICE_WORK_POOL']);
  expect(again).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('holds none of them') });
  expect(await sluice.run(['config', 'unset', 'SLUICE_LOG_DAY'])).toMatchObject({ code: 2, stderr: expect.stringContaining('SLUICE_LOG_DAYS') });
  const wrong = { env: { SLUICE_LEASE_SECONDS: 'soon', SLUICE_LOG_DAY: '3' } };
  expect(await sluice.run(['config', 'validate'], wrong)).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/SLUICE_LEASE_SECONDS[\s\S]*SLUICE_LOG_DAY is not a setting/),
  });
  rmSync(join(home, 'config.env'));
});

const LINES = `SLUICE_WORK_POOL=mine\r\nexport SLUICE_CONCURRENCY_TAG="a tag"\r\n# no setting\r\nSLUICE_LOG_DAYS = '7'\r\n`;

test.each([
  ['a byte order mark and lines of Windows', Buffer.from(`\ufeff${LINES}`)],
  ['UTF-16, as Windows writes it', Buffer.from(`\ufeff${LINES}`, 'utf16le')],
  ['UTF-16 the other way round', Buffer.from(`\ufeff${LINES}`, 'utf16le').swap16()],
])('a config.env with %s is read as any other', async (_what, bytes) => {
  writeFileSync(join(home, 'config.env'), bytes);
  const shown = await view();
  expect(shown.get('SLUICE_WORK_POOL')).toMatchObject({ value: 'mine', source: 'config.env' });
  expect(shown.get('SLUICE_CONCURRENCY_TAG')).toMatchObject({ value: 'a tag', source: 'config.env' });
  expect(shown.get('SLUICE_LOG_DAYS')).toMatchObject({ value: '7', source: 'config.env' });
  await sluice.run(['config', 'set', 'SLUICE_WORK_POOL=other']);
  expect((await view()).get('SLUICE_WORK_POOL')).toMatchObject({ value: 'other' });
  expect(readFileSync(join(home, 'config.env'), 'utf8').match(/SLUICE_WORK_POOL/g)).toHaveLength(1);
  rmSync(join(home, 'config.env'));
});

test('the password of a database is not shown, its place is', async () => {
  const shown = await view({ SLUICE_DATABASE_URL: 'postgres://me:secret@db.example.com:5433/sluice' });
  expect(shown.get('SLUICE_DATABASE_URL')?.value).toBe('postgres://me:********@db.example.com:5433/sluice');
});

test('a name that is not a setting is told with the one that may have been meant', async () => {
  const { code, stderr } = await sluice.run(['config', 'view'], { env: { SLUICE_PORT: '1', SLUICE_LOG_DAY: '2', SLUICE_SOURCE_SALES: 'x' } });
  expect(code).toBe(0);
  expect(stderr).toBe(
    'SLUICE_PORT is not a setting. Did you mean SLUICE_SERVER_PORT?\nSLUICE_LOG_DAY is not a setting. Did you mean SLUICE_LOG_DAYS?\n',
  );
});

test.each([
  { typed: 'SLUICE_WORK_POL=x', says: 'SLUICE_WORK_POL is not a setting.\nDid you mean SLUICE_WORK_POOL?' },
  { typed: 'SLUICE_LOG_DAYS=many', says: 'SLUICE_LOG_DAYS cannot be "many": write a whole number from 1 to 36500.' },
  { typed: 'SLUICE_HOME=/tmp', says: 'SLUICE_HOME says where config.env is' },
  { typed: 'SLUICE_WORK_POOL', says: '"SLUICE_WORK_POOL" is not of the form KEY=VALUE.' },
])('$typed is not written', async ({ typed, says }) => {
  const { code, stderr } = await sluice.run(['config', 'set', typed]);
  expect(stderr).toContain(says);
  expect(code).toBe(2);
});

test('a setting that cannot be read stops a command that needs it, and config view still shows it', async () => {
  const env = { SLUICE_LEASE_SECONDS: 'soon' };
  expect(await sluice.run(['worker', 'ls'], { env })).toMatchObject({ code: 2, stderr: expect.stringContaining('SLUICE_LEASE_SECONDS=soon') });
  expect(await sluice.run(['config', 'view'], { env })).toMatchObject({ code: 0, stderr: expect.stringContaining('SLUICE_LEASE_SECONDS=soon') });
});

test('auth check tells whether the key is taken: exit code 0, or 4', async () => {
  await using open = await startTestServer(inject('postgres'));
  await using locked = await startTestServer(inject('postgres'), { api_key: 'pnu_right' });
  const check = (url: string, env: Record<string, string> = {}) => sluice.run(['auth', 'check', '--api-url', url], { env });
  expect(await check(open.url, { SLUICE_API_KEY: 'any' })).toMatchObject({ code: 0, stdout: expect.stringContaining('does not ask for a key') });
  expect(await check(locked.url, { PREFECT_API_KEY: 'pnu_right' })).toMatchObject({ code: 0, stdout: expect.stringContaining('accepts this key') });
  expect(await check(locked.url, { SLUICE_API_KEY: 'pnu_wrong' })).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('does not know this key'),
  });
  expect(await check(locked.url)).toMatchObject({ code: 4, stderr: expect.stringContaining('asks for a key') });
});
