import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { nodeFlags } from '@sluice/core/process/programs';
import { flow, serve, task, taskRunHandle } from '@sluice/sdk';
import { startTestServer } from '@sluice/server/testing';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Lab, startLab } from '../../../tests/support/lab.ts';
import { cleans, flaky, greet, large, quick, stands } from './fixtures/background-tasks.ts';

const PROGRAM = fileURLToPath(new URL('./fixtures/serve-program.ts', import.meta.url));

let lab: Lab;
beforeAll(async () => {
  lab = await startLab(inject('postgres'));
  process.env['SLUICE_API_URL'] = lab.url;
});
afterAll(() => lab.stop());

const open = new Set<ReturnType<typeof startServing>>();
afterEach(async () => {
  for (const one of open) one.child.kill('SIGKILL');
  await Promise.all([...open].map(({ ended }) => ended));
  open.clear();
});

/** A process that serves the tasks of the fixture. */
function startServing(limit: number, env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [...nodeFlags(PROGRAM), PROGRAM, String(limit)], {
    env: { ...process.env, SLUICE_API_URL: lab.url, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit').then(([code, signal]) => signal ?? code);
  const one = { child, ended };
  open.add(one);
  return one;
}

const read = (id: string) => lab.client.request('GET /task_runs/{id}', { params: { id } });
const statesOf = async (id: string) => (await lab.client.request('GET /task_run_states/', { query: { task_run_id: id } })).map(({ name }) => name);

describe('a task that is put off', () => {
  test('waits until a process serves it, runs there, and its result is read here', async () => {
    const put = await greet.delay({ name: 'you', at: new Date('2026-01-01') });
    expect(await read(put.id)).toMatchObject({
      flow_run_id: null,
      task_key: 'greet',
      state: { type: 'SCHEDULED', state_details: { deferred: true } },
    });
    await expect(put.result({ timeout: 0 })).rejects.toMatchObject({ name: 'TimedOut' });
    const { child } = startServing(10);
    const { run, ...result } = await put.result();
    expect(result).toEqual({ text: 'hello you', day: new Date('2026-01-02'), pid: child.pid });
    expect(run).toMatchObject({ task_run_id: put.id, attempt: 1, flow_run_id: '' });
    expect((await taskRunHandle(put.id).state())?.type).toBe('COMPLETED');
    const logs = await lab.client.request('POST /logs/filter', { body: { logs: { task_run_id: { any_: [put.id] } } } });
    expect(logs.map(({ message }) => message)).toEqual(['greets you']);
    const workers = await lab.client.request('POST /task_workers/filter', { body: { task_worker_filter: { task_keys: ['greet'] } } });
    expect(workers).toMatchObject([{ identifier: expect.stringContaining(` ${child.pid} `), task_keys: expect.arrayContaining(['greet', 'quick']) }]);
  });

  test('is tried again as its retries say, and fails after the last', async () => {
    const [second, never] = await Promise.all([flaky.delay(2), flaky.delay(9)]);
    startServing(10);
    expect(await second.result()).toBe(2);
    expect(await statesOf(second.id)).toEqual(['Scheduled', 'Running', 'AwaitingRetry', 'Retrying', 'Completed']);
    await expect(never.result()).rejects.toMatchObject({
      name: 'TaskRunFailed',
      message: expect.stringMatching(/is Failed: try 3$/),
      task_run: { run_count: 3 },
    });
  });

  test('fails at its timeout, and when its result cannot be stored', async () => {
    const [late, huge] = await Promise.all([cleans.delay(undefined), large.delay(undefined)]);
    startServing(10);
    await expect(late.result()).rejects.toMatchObject({ name: 'TaskRunFailed', task_run: { state_name: 'TimedOut' } });
    await expect(huge.result()).rejects.toMatchObject({ message: expect.stringContaining('Return where the data is') });
  });

  test('runs once, however many processes serve it', async () => {
    const put = await Promise.all(Array.from({ length: 20 }, (_, n) => quick.delay(n)));
    startServing(2);
    startServing(2);
    expect(await Promise.all(put.map((one) => one.result()))).toEqual(put.map((_, n) => n * 2));
    for (const { id } of put) expect(await statesOf(id)).toEqual(['Scheduled', 'Running', 'Completed']);
  });

  test('goes to another process while one has as many as it may', async () => {
    const first = startServing(1);
    const one = await stands.delay('one');
    await lab.gates.arrived('one');
    const other = await stands.delay('other');
    const second = startServing(1);
    await lab.gates.arrived('other');
    lab.gates.open('one');
    lab.gates.open('other');
    expect(await Promise.all([one.result(), other.result()])).toEqual([first.child.pid, second.child.pid]);
  });

  test('by a flow that is done again is the same run, and another one for another call', async () => {
    const ids: string[][] = [];
    const puts = flow({ name: 'puts off', retries: 1 }, async (_: object, { run }) => {
      ids.push([(await quick.delay(1)).id, (await quick.delay(1)).id, (await quick.delay(2)).id]);
      if (run.attempt === 1) throw new Error('again');
    });
    await puts({});
    expect(ids[1]).toEqual(ids[0]);
    expect(new Set(ids[0]).size).toBe(3);
    expect(await read(ids[0]?.[0] ?? '')).toMatchObject({ state_type: 'SCHEDULED', flow_run_id: null });
  });
});

describe('a process that serves tasks and is stopped by SIGTERM', () => {
  test('takes no more, and ends when those that run have ended', async () => {
    const { child, ended } = startServing(10);
    const put = await stands.delay('ends');
    await lab.gates.arrived('ends');
    child.kill('SIGTERM');
    await eventually(async () => {
      const workers = await lab.client.request('POST /task_workers/filter', { body: { task_worker_filter: { task_keys: ['stands'] } } });
      expect(workers).toEqual([]);
    });
    expect((await read(put.id)).state_type).toBe('RUNNING');
    lab.gates.open('ends');
    expect(await ended).toBe('SIGTERM');
    expect(await put.result({ timeout: 0 })).toBe(child.pid);
  });

  test('hands back after the grace time what still runs: another process runs it', async () => {
    const { child, ended } = startServing(10, { SLUICE_GRACE_SECONDS: '0' });
    const put = await stands.delay('handed back');
    await lab.gates.arrived('handed back');
    child.kill('SIGTERM');
    expect(await ended).toBe('SIGTERM');
    expect(await put.state()).toMatchObject({ type: 'SCHEDULED', message: expect.stringContaining('was stopped before it had ended') });
    lab.gates.open('handed back');
    const next = startServing(10);
    expect(await put.result()).toBe(next.child.pid);
  });
});

test('on a server with a key tasks are put off and served with it alone', async () => {
  const guarded = await startTestServer(inject('postgres'), { api_key: 'the-key' });
  const before = { SLUICE_API_URL: lab.url, SLUICE_API_KEY: process.env['SLUICE_API_KEY'] };
  Object.assign(process.env, { SLUICE_API_URL: guarded.url, SLUICE_API_KEY: 'the-key' });
  try {
    const put = await quick.delay(4);
    const stop = new AbortController();
    const served = serve(quick, { signal: stop.signal });
    expect(await put.result()).toBe(8);
    stop.abort();
    await served;
    process.env['SLUICE_API_KEY'] = 'another';
    await expect(serve(quick)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  } finally {
    process.env['SLUICE_API_URL'] = before.SLUICE_API_URL;
    if (before.SLUICE_API_KEY === undefined) delete process.env['SLUICE_API_KEY'];
    else process.env['SLUICE_API_KEY'] = before.SLUICE_API_KEY;
    await guarded.stop();
  }
});

describe('refused with a next step is', () => {
  test.each([
    ['no task', [], /nothing to serve/],
    ['what is no task', [() => 1], /takes tasks, or deployments/],
    ['two tasks of one name', [quick, task({ name: 'quick' }, async () => 1)], /two tasks named 'quick'/],
  ])('to serve %s', async (_, tasks, message) => {
    await expect(serve(tasks as never)).rejects.toMatchObject({ code: 'USAGE', message: expect.stringMatching(message), hint: expect.any(String) });
  });

  test('a limit of 0, and to serve in a flow', async () => {
    await expect(serve(quick, { limit: 0 })).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('limit is 0') });
    const serves = flow({ name: 'serves' }, async () => serve(quick));
    await expect(serves({})).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('in a flow') });
  });

  test('to serve where no server is', async () => {
    process.env['SLUICE_API_URL'] = 'http://127.0.0.1:1/api';
    try {
      await expect(serve(quick)).rejects.toMatchObject({ code: 'API_UNREACHABLE' });
    } finally {
      process.env['SLUICE_API_URL'] = lab.url;
    }
  });

  test('an input that cannot be kept, or is too large', async () => {
    await expect(quick.delay((() => 1) as never)).rejects.toMatchObject({
      code: 'PARAMETERS_INVALID',
      message: expect.stringContaining("'quick' cannot be kept"),
    });
    await expect(stands.delay('x'.repeat(200_000))).rejects.toMatchObject({ code: 'PARAMETERS_INVALID', message: expect.stringContaining('bytes') });
  });

  test('a task run that another client has made: it fails and says so', async () => {
    const body = { task_key: 'quick', dynamic_key: 'theirs', state: { type: 'SCHEDULED' as const, state_details: { deferred: true } } };
    const { id } = await lab.client.request('POST /task_runs/', { body });
    startServing(10);
    await expect(taskRunHandle(id).result()).rejects.toMatchObject({ message: expect.stringContaining('not written by this SDK') });
  });
});
