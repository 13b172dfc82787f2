import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Database, openDatabase } from '../db/database.ts';
import { type Call, call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let database: Database;
let flow_id: string;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  database = openDatabase(server.databaseUrl, { max: 1 });
  flow_id = (await post('/flows/', { name: 'flow' })).json.id;
});
afterAll(async () => {
  await database.close();
  await server.stop();
});

const send = async (method: string, path: string, options?: Call) => {
  const answer = await call(server.url, method, path, options);
  return { ...answer, json: answer.json as { [key: string]: never } & { id: string; state: { id: string; type: string; name: string } } };
};
const post = (path: string, body: unknown, headers: Call['headers'] = {}) => send('POST', path, { body, headers });
const get = async (path: string) => (await send('GET', path)).json;

let count = 0;
const makeRun = async (body: object = {}) => (await post('/flow_runs/', { flow_id, name: `run-${++count}`, ...body })).json;
const setState = (id: string, type: string, parts: object = {}, headers: Call['headers'] = {}) =>
  post(`/flow_runs/${id}/set_state`, { state: { type, ...parts } }, headers);

/** A run that a worker holds, and the header of its writes. */
async function heldRun(pool: string) {
  const worker_id = uuidv7();
  const beat = { worker_id, name: `w-${worker_id}`, concurrency_limit: 9, heartbeat_interval_seconds: 10, host: 'h', pid: 1, leases: [] };
  await post(`/work_pools/${pool}/workers/beat`, beat);
  await makeRun({ work_pool_name: pool, state: { type: 'SCHEDULED' } });
  const [claimed] = (await post(`/work_pools/${pool}/claim`, { worker_id, wait_seconds: 5 })).json as unknown as {
    flow_run: { id: string };
    epoch: number;
  }[];
  const { flow_run, epoch } = claimed ?? { flow_run: { id: '' }, epoch: 0 };
  return { id: flow_run.id, epoch, lease: { 'x-sluice-lease': `${flow_run.id}:${epoch}` } };
}

describe('a flow run', () => {
  test('is made once by its idempotency key: 201, then 200 with the same record', async () => {
    const body = { flow_id, idempotency_key: 'k', parameters: { a: 1 } };
    const answers = await Promise.all([post('/flow_runs/', body), post('/flow_runs/', body)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 201]);
    expect(answers[0]?.json.id).toBe(answers[1]?.json.id);
    expect((await post('/flow_runs/', { ...body, name: 'other' })).status).toBe(200);
  });

  test('is PENDING when no state is told, and has a name of its own', async () => {
    const run = (await post('/flow_runs/', { flow_id })).json;
    expect(run).toMatchObject({ state_type: 'PENDING', state_name: 'Pending', run_count: 0, name: expect.stringMatching(/^[\w-]+-[\w-]+$/) });
    expect(run.state).toMatchObject({ type: 'PENDING', state_details: { flow_run_id: run.id, untrackable_result: false, transition_id: null } });
  });

  test('of a flow or a pool that is not there is not made', async () => {
    expect((await post('/flow_runs/', { flow_id: uuidv7() })).status).toBe(404);
    expect(await post('/flow_runs/', { flow_id, work_pool_name: 'no such pool' })).toMatchObject({ status: 404, json: { code: 'NOT_FOUND' } });
  });

  test('tells a proposed state’s answer with the right status: 201 when a state was written, else 200', async () => {
    const { id } = await makeRun({ state: { type: 'SCHEDULED' } });
    expect(await setState(id, 'PENDING')).toMatchObject({ status: 201, json: { status: 'ACCEPT', details: { type: 'accept_details' } } });
    expect(await setState(id, 'PENDING')).toMatchObject({
      status: 200,
      json: { status: 'ABORT', state: { type: 'PENDING' }, details: { type: 'abort_details', reason: expect.stringContaining('PENDING') } },
    });
    const later = await makeRun({ state: { type: 'SCHEDULED', state_details: { scheduled_time: '2099-01-01T00:00:00Z' } } });
    const wait = await setState(later.id, 'RUNNING');
    expect(wait).toMatchObject({ status: 200, json: { status: 'WAIT', state: { type: 'SCHEDULED' }, details: { type: 'wait_details' } } });
    expect((wait.json as unknown as { details: { delay_seconds: number } }).details.delay_seconds).toBeGreaterThan(1e9);
    expect(await setState(id, 'CANCELLING')).toMatchObject({ status: 201 });
    expect(await setState(id, 'RUNNING')).toMatchObject({ status: 200, json: { status: 'REJECT', state: { type: 'CANCELLING' } } });
  });

  test('takes the same transition once, and says so the second time', async () => {
    const { id } = await makeRun();
    const running = { state_details: { transition_id: uuidv7() } };
    const first = await setState(id, 'RUNNING', running);
    const second = await setState(id, 'RUNNING', running);
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.json).toMatchObject({
      status: 'REJECT',
      state: { id: first.json.state.id },
      details: { reason: 'This run has already made this state transition.' },
    });
  });

  test('keeps its AwaitingRetry when the failure is told twice', async () => {
    const { id } = await makeRun({ empirical_policy: { retries: 1, retry_delay: 60 } });
    await setState(id, 'RUNNING');
    const failed = { state_details: { transition_id: uuidv7() } };
    for (const status of [201, 200]) {
      expect(await setState(id, 'FAILED', failed)).toMatchObject({ status, json: { status: 'REJECT', state: { name: 'AwaitingRetry' } } });
    }
    expect(await get(`/flow_runs/${id}`)).toMatchObject({ state_name: 'AwaitingRetry', run_count: 1 });
  });

  test('can wait for any time, also for a part of a microsecond', async () => {
    const { id } = await makeRun({ empirical_policy: { retries: 1, retry_delay: 1.0000005 } });
    await setState(id, 'RUNNING');
    expect(await setState(id, 'FAILED')).toMatchObject({ status: 201, json: { state: { name: 'AwaitingRetry' } } });
  });

  test('has the process that was told with its state, when that was accepted', async () => {
    const { id } = await makeRun();
    const propose = (type: string, pid: string) => post(`/flow_runs/${id}/set_state`, { state: { type }, infrastructure_pid: pid });
    expect(await propose('RUNNING', '41')).toMatchObject({ json: { status: 'ACCEPT' } });
    expect(await propose('PENDING', '42')).not.toMatchObject({ json: { status: 'ACCEPT' } });
    await setState(id, 'COMPLETED');
    expect(await get(`/flow_runs/${id}`)).toMatchObject({ state_type: 'COMPLETED', infrastructure_pid: '41' });
  });

  test('is retried as was told with its state, when that was accepted', async () => {
    const { id } = await makeRun();
    const propose = (type: string, retries: number) =>
      post(`/flow_runs/${id}/set_state`, { state: { type }, empirical_policy: { retries, retry_delay: 60 } });
    expect(await propose('RUNNING', 1)).toMatchObject({ json: { status: 'ACCEPT' } });
    expect(await propose('PENDING', 7)).not.toMatchObject({ json: { status: 'ACCEPT' } });
    expect(await setState(id, 'FAILED')).toMatchObject({ json: { state: { name: 'AwaitingRetry' } } });
    expect(await get(`/flow_runs/${id}`)).toMatchObject({ empirical_policy: { retries: 1, retry_delay: 60 } });
  });

  test('has all its states, oldest first', async () => {
    const { id } = await makeRun();
    await setState(id, 'RUNNING');
    await setState(id, 'COMPLETED', { message: 'done' });
    const states = (await get(`/flow_run_states/?flow_run_id=${id}`)) as unknown as { id: string; type: string }[];
    expect(states.map(({ type }) => type)).toEqual(['PENDING', 'RUNNING', 'COMPLETED']);
    expect(await get(`/flow_run_states/${states[2]?.id}`)).toMatchObject({ message: 'done' });
  });

  test('that is not paused cannot be resumed, one that is can', async () => {
    const { id } = await makeRun();
    expect(await post(`/flow_runs/${id}/resume`, {})).toMatchObject({ status: 200, json: { status: 'ABORT', state: null } });
    await setState(id, 'RUNNING');
    await setState(id, 'PAUSED', { state_details: { pause_timeout: '2099-01-01T00:00:00Z' } });
    expect(await post(`/flow_runs/${id}/resume`, {})).toMatchObject({ status: 201, json: { status: 'ACCEPT', state: { type: 'RUNNING' } } });
  });
});

describe('a change of a flow run', () => {
  test('sets what is told, empties what is null, and leaves the rest', async () => {
    const { id } = await makeRun({ flow_version: 'v1', tags: ['a'], job_variables: { x: 1 }, state: { type: 'SCHEDULED' } });
    const patch = (body: object) => send('PATCH', `/flow_runs/${id}`, { body });
    expect((await patch({ name: 'new', infrastructure_pid: 'host:1' })).status).toBe(204);
    expect(await get(`/flow_runs/${id}`)).toMatchObject({
      name: 'new',
      infrastructure_pid: 'host:1',
      flow_version: 'v1',
      tags: ['a'],
      job_variables: { x: 1 },
    });
    expect((await patch({ infrastructure_pid: null, flow_version: null, tags: [] })).status).toBe(204);
    expect(await get(`/flow_runs/${id}`)).toMatchObject({
      name: 'new',
      infrastructure_pid: null,
      flow_version: null,
      tags: [],
      job_variables: { x: 1 },
    });
    expect((await patch({ job_variables: null })).status).toBe(204);
    expect(await get(`/flow_runs/${id}`)).toMatchObject({ job_variables: null });
  });

  test('of its job variables comes too late once it has begun', async () => {
    const { id } = await makeRun();
    expect(await send('PATCH', `/flow_runs/${id}`, { body: { job_variables: { x: 2 } } })).toMatchObject({
      status: 400,
      json: { code: 'RUN_NOT_SCHEDULED' },
    });
  });
});

describe('a deleted flow run', () => {
  test('is gone with its task runs, logs and progress, and with every slot that it held', async () => {
    await post('/work_pools/', { name: 'deleting', concurrency_limit: 1 });
    await post('/concurrency_limits/', { tag: 'kept', concurrency_limit: 1 });
    await post('/v2/concurrency_limits/', { name: 'held', limit: 1 });
    const { id, lease } = await heldRun('deleting');
    await setState(id, 'RUNNING', {}, lease);
    const step = { task_run: { id: uuidv7(), flow_run_id: id, task_key: 't', dynamic_key: '0', tags: ['kept'] }, state: { type: 'RUNNING' } };
    expect((await post('/task_runs/step', step, lease)).status).toBe(201);
    await post('/v2/concurrency_limits/increment-with-lease', { names: ['held'], slots: 1 }, lease);
    await post('/logs/', [{ name: 'n', level: 20, message: 'm', timestamp: '2026-11-24T10:00:00Z', flow_run_id: id }]);
    await send('PUT', `/flow_runs/${id}/progress`, { body: { label: 'l', done: 1 } });
    const waiting = post('/flow_runs/wait', { ids: [id], since: { [id]: (await get(`/flow_runs/${id}`)).state.id }, wait_seconds: 20 });
    const slot = post('/v2/concurrency_limits/increment-with-lease', { names: ['tag:kept', 'held'], slots: 1 }, { prefer: 'wait=20' });

    expect((await send('DELETE', `/flow_runs/${id}`)).status).toBe(204);
    expect(await waiting, 'who waits for it hears so').toMatchObject({ json: { missing: [id] } });
    expect((await slot).status, 'its slots are free at once').toBe(200);
    const next = await heldRun('deleting');
    expect(next.id).not.toBe(id);
    for (const table of ['task_run', 'flow_run_state', 'flow_run_lease', 'log', 'progress']) {
      const rows = await database.sql`select from ${database.sql(table)} where flow_run_id = ${id}`;
      expect(rows, table).toHaveLength(0);
    }
    expect((await setState(id, 'COMPLETED', {}, lease)).status).toBe(404);
    expect((await send('DELETE', `/flow_runs/${id}`)).status).toBe(404);
  });

  test('takes its flow’s other runs not with it, but a deleted flow takes all', async () => {
    const own = (await post('/flows/', { name: 'own' })).json.id;
    const [a, b] = [(await makeRun({ flow_id: own })).id, (await makeRun({ flow_id: own })).id];
    await post('/logs/', [{ name: 'n', level: 20, message: 'm', timestamp: '2026-11-24T10:00:00Z', flow_run_id: b }]);
    await send('DELETE', `/flow_runs/${a}`);
    expect((await send('GET', `/flow_runs/${b}`)).status).toBe(200);
    expect((await send('DELETE', `/flows/${own}`)).status).toBe(204);
    expect((await send('GET', `/flow_runs/${b}`)).status).toBe(404);
    expect(await database.sql`select from log where flow_run_id = ${b}`).toHaveLength(0);
  });
});

describe('a task run', () => {
  test('is made once by its flow run and keys', async () => {
    const { id: flow_run_id } = await makeRun();
    const body = { flow_run_id, task_key: 't', dynamic_key: '0' };
    const answers = await Promise.all([post('/task_runs/', body), post('/task_runs/', body)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 201]);
    expect(answers[0]?.json).toMatchObject({ id: answers[1]?.json.id, state_type: 'PENDING' });
  });

  test('of a flow run that is not there is not made', async () => {
    const answer = await post('/task_runs/', { flow_run_id: uuidv7(), task_key: 't', dynamic_key: '0' });
    expect(answer).toMatchObject({ status: 404, json: { code: 'NOT_FOUND' } });
  });

  test('keeps the value of its result apart: the state names it, the result has it', async () => {
    const { id: flow_run_id } = await makeRun();
    await setState(flow_run_id, 'RUNNING');
    const made = await post('/task_runs/step', {
      task_run: { id: uuidv7(), flow_run_id, task_key: 't', dynamic_key: '0' },
      state: { type: 'RUNNING' },
    });
    const { task_run_id } = made.json as unknown as { task_run_id: string };
    const data = { type: 'sluice/v1', value: { rows: [1, 2.5, 'ä', null] } };
    const done = await post(`/task_runs/${task_run_id}/set_state`, { state: { type: 'COMPLETED', data } });
    expect(done.json.state).toMatchObject({ data: { type: 'sluice/v1', result: done.json.state.id } });
    expect(await get(`/results/${done.json.state.id}`)).toEqual(data.value);
    expect(await post(`/task_runs/${task_run_id}/set_state`, { state: { type: 'RUNNING' } })).toMatchObject({
      status: 200,
      json: { status: 'REJECT' },
    });
  });

  test('that is deleted gives its slot back', async () => {
    await post('/concurrency_limits/', { tag: 'freed', concurrency_limit: 1 });
    const { id: flow_run_id } = await makeRun();
    await setState(flow_run_id, 'RUNNING');
    const step = { task_run: { id: uuidv7(), flow_run_id, task_key: 't', dynamic_key: '0', tags: ['freed'] }, state: { type: 'RUNNING' } };
    expect((await post('/task_runs/step', step)).status).toBe(201);
    expect(await get('/concurrency_limits/tag/freed')).toMatchObject({ active_slots: [step.task_run.id] });
    expect((await send('DELETE', `/task_runs/${step.task_run.id}`)).status).toBe(204);
    expect(await get('/concurrency_limits/tag/freed')).toMatchObject({ active_slots: [] });
  });
});

test('who has lost its lease is told so whatever it would make', async () => {
  await post('/work_pools/', { name: 'fenced' });
  const { id, lease } = await heldRun('fenced');
  await setState(id, 'SCHEDULED', {}, lease);
  const deployment = (await post('/deployments/', { name: 'd', flow_id, work_pool_name: 'fenced' })).json.id;
  const child = uuidv7();
  const made = await Promise.all([
    post('/flow_runs/', { flow_id, id: child }, lease),
    post(`/deployments/${deployment}/create_flow_run`, {}, lease),
    post('/task_runs/', { flow_run_id: id, task_key: 't', dynamic_key: '0' }, lease),
  ]);
  for (const answer of made) expect(answer).toMatchObject({ status: 410, json: { code: 'LEASE_EXPIRED' } });
  expect((await send('GET', `/flow_runs/${child}`)).status).toBe(404);
  expect(await setState(id, 'RUNNING', {}, lease)).toMatchObject({ status: 200, json: { status: 'ABORT' } });
});

test('log lines come back in the order in which they were written, whenever they were, or in the reverse one', async () => {
  const { id: flow_run_id } = await makeRun();
  const line = (message: string, second: number) => ({ name: 'n', level: 20, message, timestamp: `2026-11-24T10:00:0${second}Z`, flow_run_id });
  const same = Array.from({ length: 300 }, (_, index) => line(`line ${index}`, 1));
  await post('/logs/', same.slice(0, 150));
  await post('/logs/', [...same.slice(150), line('first', 0)]);
  const read = async (body: object) =>
    ((await post('/logs/filter', { logs: { flow_run_id: { any_: [flow_run_id] } }, ...body })).json as unknown as { message: string }[]).map(
      ({ message }) => message,
    );
  const all = [...(await read({})), ...(await read({ offset: 200 }))];
  expect(all).toEqual(['first', ...same.map(({ message }) => message)]);
  const newest = await read({ sort: 'TIMESTAMP_DESC', limit: 150 });
  expect(newest).toEqual(all.slice(-150).reverse());
});
