import { expect, test } from 'vitest';
import { resolveSettings } from './settings.ts';
import { shownSettings } from './shown-settings.ts';

const shown = (...given: Parameters<typeof resolveSettings>) => new Map(shownSettings(resolveSettings(...given)).map((row) => [row.key, row]));

test('each setting says where its value is from, and under which name', () => {
  const rows = shown({ port: '4300' }, { PREFECT_LOGGING_LEVEL: 'debug' }, { SLUICE_LOG_DAYS: '7' });
  expect(rows.get('port')).toMatchObject({ name: 'SLUICE_SERVER_PORT', value: '4300', source: 'flag', found_as: '--port' });
  expect(rows.get('logging_level')).toMatchObject({ value: 'DEBUG', source: 'environment', found_as: 'PREFECT_LOGGING_LEVEL' });
  expect(rows.get('log_days')).toMatchObject({ value: '7', source: 'config.env', found_as: 'SLUICE_LOG_DAYS' });
  expect(rows.get('late_seconds')).toMatchObject({ value: '15', source: 'default' });
});

test('a secret is never shown: of a key that it is there, of a database its address', () => {
  const rows = shown({}, { SLUICE_API_KEY: 'geheim', SLUICE_DATABASE_URL: 'postgres://me:geheim@db:5432/sluice?sslpassword=geheim' }, {});
  expect(rows.get('api_key')).toMatchObject({ value: '********', secret: true });
  expect(rows.get('database_url')).toMatchObject({ value: 'postgres://me:********@db:5432/sluice' });
  expect(rows.get('auth_string')).toMatchObject({ value: null });
  expect(JSON.stringify([...rows])).not.toContain('geheim');
  expect(shown({}, { SLUICE_DATABASE_URL: 'geheim' }, {}).get('database_url')?.value).toBe('********');
});
