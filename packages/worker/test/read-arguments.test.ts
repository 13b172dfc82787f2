import { expect, test } from 'vitest';
import { readArguments } from '../src/program/read-arguments.ts';

const environment = { SLUICE_API_URL: 'http://server:4200/api', SLUICE_API_KEY: 'secret', SLUICE_WORK_POOL: 'etl-pool', SLUICE_HOME: '/data' };

test('a worker of its own takes its settings from the environment, and arguments go over them', () => {
  expect(readArguments([], environment)).toMatchObject({
    api: { api_url: 'http://server:4200/api', api_key: 'secret' },
    pool: 'etl-pool',
    limit: 1,
    queues: [],
    cache: '/data/cache',
  });
  const args = ['--pool', 'other', '--limit', '4', '--work-queue', 'a', '--work-queue', 'b', '--name', 'w', '--clean-env'];
  expect(readArguments(args, environment)).toMatchObject({ pool: 'other', limit: 4, queues: ['a', 'b'], name: 'w', cleanEnv: true });
});

test('it runs once, and says how it is at the address of the settings, when it is told to', () => {
  expect(readArguments([], environment)).toMatchObject({ isOnce: false });
  expect(readArguments([], environment)).not.toHaveProperty('health');
  const settings = { ...environment, PREFECT_WORKER_WEBSERVER_HOST: '0.0.0.0', SLUICE_WORKER_WEBSERVER_PORT: '8081' };
  expect(readArguments(['--run-once', '--with-healthcheck'], settings)).toMatchObject({ isOnce: true, health: { host: '0.0.0.0', port: 8081 } });
});

test.each([
  { args: ['--limit', '0'], env: {}, says: '--limit is 0: write a whole number, 1 or more.' },
  { args: ['--pol', 'x'], env: {}, says: /--pol/ },
  { args: [], env: { SLUICE_BEAT_SECONDS: 'soon' }, says: /SLUICE_BEAT_SECONDS=soon/ },
])('what it cannot read is told: $args $env', ({ args, env, says }) => {
  expect(() => readArguments(args, env)).toThrow(says);
});
