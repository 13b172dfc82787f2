import { fileURLToPath } from 'node:url';
import { type Client, findDeployment } from '@sluice/client';
import { beforeAll, describe, expect, test } from 'vitest';
import { shout } from './fixtures/project/tasks.ts';
import { startCommand } from './support/command.ts';
import type { Sluice } from './support/sluice.ts';

const PROJECT = fileURLToPath(new URL('./fixtures/project/', import.meta.url));

let client: Client;
let sluice: Sluice;

beforeAll(async () => {
  const started = await startCommand();
  ({ client, sluice } = started);
  process.env['SLUICE_API_URL'] = started.url;
  return started.stop;
});

const run = (...words: string[]) => sluice.run(words, { cwd: PROJECT });

describe('a flow that is served from the prompt', () => {
  test('runs what its deployment is asked for, and rests when it is stopped', async () => {
    const words = ['flow', 'serve', 'greet.ts:greet', '--name', 'served', '-t', 'here', '--cron', '0 6 * * *', '--timezone', 'Europe/Berlin'];
    const serving = sluice.start([...words, '--limit', '1', '--global-limit', '2'], { cwd: PROJECT });
    await serving.until(/Serves greet\/served; 1 runs at once/);
    expect(await findDeployment(client, 'greet/served')).toMatchObject({
      work_pool_name: null,
      tags: ['here'],
      concurrency_limit: 2,
      schedules: [{ schedule: { cron: '0 6 * * *', timezone: 'Europe/Berlin' }, active: true }],
    });
    expect(await run('deployment', 'run', 'greet/served', '--param', 'name=you', '--watch')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('hello you'),
    });
    expect(await run('deployment', 'run', 'greet/served', '--param', 'fail=true', '--watch')).toMatchObject({ code: 1 });
    serving.signal('SIGTERM');
    await serving.ended;
    expect(await findDeployment(client, 'greet/served')).toMatchObject({ paused: true });
  });

  test('is looked for before anything is made, and the nearest is named', async () => {
    const serve = (entrypoint: string, ...more: string[]) => run('flow', 'serve', entrypoint, '--name', 'never', ...more);
    expect(await serve('greet.ts:gret')).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean greet.ts:greet?') });
    expect(await serve('tasks.ts')).toMatchObject({ code: 2, stderr: expect.stringContaining('tasks.ts does not export one flow') });
    expect(await serve('none.ts:greet')).toMatchObject({ code: 3, stderr: expect.stringContaining('none.ts') });
    expect(await serve('greet.ts', '--cron', '* * * * *', '--interval', '5')).toMatchObject({ code: 2, stderr: expect.stringContaining('--rrule') });
    expect(await run('flow', 'serve', 'greet.ts')).toMatchObject({ code: 2, stderr: expect.stringContaining('--name') });
    await expect(findDeployment(client, 'greet/never')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

test('tasks that are put off run where they are served', async () => {
  const serving = sluice.start(['task', 'serve', 'tasks.ts:shout', '--limit', '2'], { cwd: PROJECT });
  const put = await shout.delay('hello');
  expect(await put.result()).toBe('HELLO');
  serving.signal('SIGTERM');
  await serving.ended;
  expect(await run('task', 'serve', 'greet.ts:greet')).toMatchObject({ code: 2, stderr: expect.stringContaining('exports no task "greet"') });
});

describe('a flow run that is executed', () => {
  const start = async (deployment: string, parameters: object = {}) => {
    const { id } = await findDeployment(client, deployment);
    return client.request('POST /deployments/{id}/create_flow_run', { params: { id }, body: { parameters: parameters as never } });
  };
  beforeAll(async () => {
    await client.request('POST /work_pools/', { body: { name: 'default-pool' } });
    expect(await run('deploy')).toMatchObject({ code: 0 });
  });

  test('runs here, and the exit code says how it ended', async () => {
    const { id } = await start('greet/greet-deployment', { name: 'you' });
    const executed = await run('flow-run', 'execute', id);
    expect(executed).toMatchObject({ code: 0, stderr: expect.stringContaining('is Completed') });
    expect(await client.request('GET /flow_runs/{id}', { params: { id } })).toMatchObject({ state_type: 'COMPLETED', run_count: 1 });
    const logs = await run('flow-run', 'logs', id);
    expect(logs.stdout).toContain('hello you');

    const failing = await start('greet/greet-deployment', { fail: true });
    expect(await run('flow-run', 'execute', failing.id)).toMatchObject({ code: 1, stderr: expect.stringContaining('I was told to fail.') });

    const again = await run('flow-run', 'execute', id);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot be started here') });
  });

  test('is refused without a deployment, and when its code is Python', async () => {
    const { id: flow_id } = await client.request('POST /flows/', { body: { name: 'greet' } });
    const { id } = await client.request('POST /flow_runs/', { body: { flow_id, state: { type: 'SCHEDULED' } } });
    expect(await run('flow-run', 'execute', id)).toMatchObject({ code: 1, stderr: expect.stringContaining('has no deployment') });
    await client.request('POST /deployments/', { body: { name: 'py', flow_id, entrypoint: 'flows.py:greet' } });
    const python = await start('greet/py');
    expect(await run('flow-run', 'execute', python.id)).toMatchObject({ code: 1, stderr: expect.stringContaining('prefect flow-run execute') });
    expect(await run('flow-run', 'execute', 'nobody')).toMatchObject({ code: 3 });
  });
});
