import { describe, expect, test } from 'vitest';
import { resolveSettings, SETTINGS, type SettingName } from './settings.ts';

const fromEnvironment = (environment: Record<string, string>) => resolveSettings({}, environment, {});

test('a flag goes over the environment, that over config.env, that over the default', () => {
  const file = { SLUICE_SERVER_PORT: '1', SLUICE_SERVER_HOST: 'file', SLUICE_HOME: '/file' };
  const environment = { SLUICE_SERVER_PORT: '2', SLUICE_SERVER_HOST: 'environment' };
  const { values, sources, problems } = resolveSettings({ port: '3' }, environment, file);
  expect(values).toMatchObject({ port: 3, host: 'environment', home: '/file', work_pool: 'default-pool' });
  expect(sources).toMatchObject({
    port: { source: 'flag', name: '--port' },
    host: { source: 'environment', name: 'SLUICE_SERVER_HOST' },
    home: { source: 'config.env', name: 'SLUICE_HOME' },
    work_pool: { source: 'default', name: 'SLUICE_WORK_POOL' },
  });
  expect(problems).toEqual([]);
});

test('Prefect’s names are read where ours are not set', () => {
  expect(fromEnvironment({ PREFECT_API_URL: 'http://a/api' }).values.api_url).toBe('http://a/api');
  expect(fromEnvironment({ PREFECT_API_URL: 'http://a/api', SLUICE_API_URL: 'http://b/api/' }).values.api_url).toBe('http://b/api');
  expect(fromEnvironment({ PREFECT_SERVER_API_AUTH_STRING: 'u:p' })).toMatchObject({
    values: { auth_string: 'u:p' },
    sources: { auth_string: { name: 'PREFECT_SERVER_API_AUTH_STRING' } },
  });
});

test.each([
  ['SLUICE_SERVER_PORT', '0', 'port', 0],
  ['SLUICE_SERVER_ALLOW_OPEN', 'yes', 'allow_open', true],
  ['SLUICE_SERVER_ALLOW_OPEN', 'OFF', 'allow_open', false],
  ['SLUICE_SERVER_ALLOW_OPEN', '', 'allow_open', false],
  ['SLUICE_LEASE_SECONDS', '30', 'lease_seconds', 30],
  ['SLUICE_LEASE_SECONDS', '1.5m', 'lease_seconds', 90],
  ['SLUICE_LATE_SECONDS', '0', 'late_seconds', 0],
  ['SLUICE_API_KEY', '', 'api_key', undefined],
  ['SLUICE_LOGGING_LEVEL', 'warn', 'logging_level', 'WARNING'],
  ['PREFECT_LOGGING_LEVEL', 'critical', 'logging_level', 'CRITICAL'],
] as const)('%s=%s is read', (name, text, setting, value) => {
  const { values, problems } = fromEnvironment({ [name]: text });
  expect(problems).toEqual([]);
  expect(values[setting]).toBe(value);
});

describe('what cannot be read is told in a sentence, and the default stands', () => {
  test.each([
    ['SLUICE_SERVER_PORT', '65536', 'write a whole number from 0 to 65535'],
    ['SLUICE_SERVER_PORT', '', 'write a whole number from 0 to 65535'],
    ['SLUICE_SERVER_PORT', '42.5', 'write a whole number from 0 to 65535'],
    ['SLUICE_SERVER_ALLOW_OPEN', 'maybe', 'write true or false'],
    ['SLUICE_API_URL', 'localhost', 'write a URL, such as http://127.0.0.1:4200/api'],
    ['SLUICE_SWEEP_SECONDS', '0', 'write more than 0 seconds'],
    ['SLUICE_LEASE_SECONDS', 'soon', 'not a duration: "soon"; write seconds, or a number with ms, s, m, h or d'],
    ['SLUICE_LOGGING_LEVEL', 'loud', 'write one of DEBUG, INFO, WARNING, ERROR, CRITICAL'],
  ])('%s=%s', (name, text, sentence) => {
    const { values, problems } = fromEnvironment({ [name]: text });
    expect(problems).toEqual([`${name}=${text}: ${sentence}`]);
    expect(values).toEqual(fromEnvironment({}).values);
  });

  test('all of them at once, flags under their own names', () => {
    expect(resolveSettings({ log_days: '0' }, { SLUICE_SERVER_PORT: 'x' }, {}).problems).toEqual([
      'SLUICE_SERVER_PORT=x: write a whole number from 0 to 65535',
      '--log-days=0: write a whole number from 1 to 36500',
    ]);
  });
});

test('every setting has a name of ours first, a sentence, and a default that is its own form', () => {
  const names = Object.values(SETTINGS).flatMap((setting) => setting.names);
  expect(new Set(names).size, 'no name has two meanings').toBe(names.length);
  for (const [name, setting] of Object.entries(SETTINGS)) {
    expect(setting.names[0], name).toMatch(/^SLUICE_[A-Z_]+$/);
    expect(setting.doc.length, name).toBeGreaterThan(10);
    if (setting.fallback !== undefined) expect(setting.parse(String(setting.fallback)), name).toEqual(setting.fallback);
  }
});

test('keys, passwords and URLs with passwords are secret, and never stand in a problem', () => {
  const secret = (Object.keys(SETTINGS) as SettingName[]).filter((name) => 'secret' in SETTINGS[name]);
  expect(secret.sort()).toEqual(['api_key', 'auth_string', 'database_url', 'secret_key']);
});

test('a warehouse has no password, and one that was written there is not shown', () => {
  expect(fromEnvironment({ SLUICE_WAREHOUSE: 'postgres://me@db/reports' }).values.warehouse).toBe('postgres://me@db/reports');
  expect(fromEnvironment({ SLUICE_WAREHOUSE: '/data/shop.duckdb' }).values.warehouse).toBe('/data/shop.duckdb');
  expect(fromEnvironment({ SLUICE_WAREHOUSE: 'shop.duckdb' }).problems).toEqual([expect.stringContaining('write a path from the root, or a URL')]);
  const [problem = ''] = fromEnvironment({ SLUICE_WAREHOUSE: 'postgres://me:hidden@db/reports' }).problems;
  expect(problem).toContain('leave out the password');
  expect(problem).not.toContain('hidden');
});

test('a lake is a warehouse by its URL, which has no password either', () => {
  const lake = 'ducklake:postgres://me@db/lake?data_path=s3://bucket/lake';
  expect(fromEnvironment({ SLUICE_WAREHOUSE: lake }).values.warehouse).toBe(lake);
  for (const url of ['ducklake:postgres://me:hidden@db/lake', `${lake}&password=hidden`]) {
    const [problem = ''] = fromEnvironment({ SLUICE_WAREHOUSE: url }).problems;
    expect(problem).toContain('leave out the password');
    expect(problem).not.toContain('hidden');
  }
});
