import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectSettings, readSettings } from '@sluice/sdk';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sluice-settings-'));
  for (const name of Object.keys(process.env)) if (/^(SLUICE|PREFECT)_/.test(name)) vi.stubEnv(name, undefined);
  vi.stubEnv('SLUICE_HOME', home);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

test('a flag goes over the environment, that over config.env in the home, and that over the default', () => {
  const pool = (flags = {}) => {
    const { values, sources } = readSettings(flags);
    return [values.work_pool, sources.work_pool.source];
  };
  expect(pool()).toEqual(['default-pool', 'default']);
  writeFileSync(join(home, 'config.env'), 'SLUICE_WORK_POOL=of-the-file\nSLUICE_LEASE_SECONDS=7\n');
  expect(pool()).toEqual(['of-the-file', 'config.env']);
  expect(readSettings().values.lease_seconds).toBe(7);
  vi.stubEnv('SLUICE_WORK_POOL', 'of-the-environment');
  expect(pool()).toEqual(['of-the-environment', 'environment']);
  expect(pool({ work_pool: 'of-the-flag' })).toEqual(['of-the-flag', 'flag']);
});

test("Prefect's names are read where ours are not set", () => {
  vi.stubEnv('PREFECT_API_URL', 'http://prefect.example/api/');
  vi.stubEnv('PREFECT_API_KEY', 'key');
  vi.stubEnv('PREFECT_WORK_POOL', 'theirs');
  vi.stubEnv('PREFECT_CONCURRENCY_LIMIT', '5');
  expect(readSettings().values).toMatchObject({ api_url: 'http://prefect.example/api', api_key: 'key', work_pool: 'theirs', concurrency_limit: 5 });
  expect(readSettings().sources.api_url).toEqual({ source: 'environment', name: 'PREFECT_API_URL' });
  vi.stubEnv('SLUICE_API_URL', 'http://ours.example/api');
  expect(readSettings().values.api_url).toBe('http://ours.example/api');
});

test('the home is a flag, a variable or below the user, and always a whole path', () => {
  expect(readSettings().values.home).toBe(home);
  expect(readSettings({ home: '~/elsewhere' }).values.home).toBe(join(homedir(), 'elsewhere'));
  vi.stubEnv('SLUICE_HOME', undefined);
  expect(readSettings().values.home).toBe(join(homedir(), '.sluice'));
});

test('settings that cannot be read are told all at once, a secret without its value', () => {
  vi.stubEnv('SLUICE_SERVER_PORT', 'http');
  vi.stubEnv('SLUICE_API_URL', 'nowhere');
  expect(() => expectSettings()).toThrow(
    'These settings cannot be read: SLUICE_API_URL=nowhere: write a URL, such as http://127.0.0.1:4200/api; SLUICE_SERVER_PORT=http: write a whole number from 0 to 65535.',
  );
});
