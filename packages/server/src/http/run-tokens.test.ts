import { rm } from 'node:fs/promises';
import type { Route } from '@sluice/core/api/route';
import { routes } from '@sluice/core/api/routes';
import type { ClaimedRun } from '@sluice/core/model/worker';
import { resolveSettings } from '@sluice/core/settings/settings';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { eventually } from '../../../../tests/support/eventually.ts';
import { startServer } from '../server.ts';
import { aBundle } from '../testing/a-bundle.ts';
import { type Call, call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const KEY = 'k-0123456789abcdef';
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
let server: TestServer;
let pools = 0;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'), { api_key: KEY });
});
afterAll(() => server.stop());

type Send = (method: string, path: string, request?: Call) => ReturnType<typeof call>;
const sender =
  (url: string, authorization: { [name: string]: string }): Send =>
  (method, path, request = {}) =>
    call(url, method, path, { ...request, headers: { ...authorization, ...request.headers } });
const admin: Send = (...request) => sender(server.url, bearer(KEY))(...request);
const withToken = (token: string | undefined) => sender(server.url, bearer(token ?? ''));

/** A run that a worker has claimed. */
async function claim(
  send: Send,
  more: { again?: { pool: string; worker_id: string } } = {},
): Promise<ClaimedRun & { pool: string; worker_id: string }> {
  const pool = more.again?.pool ?? `pool-${++pools}`;
  const worker_id = more.again?.worker_id ?? crypto.randomUUID();
  if (!more.again) {
    await send('POST', '/work_pools/', { body: { name: pool } });
    const beat = { worker_id, name: `${pool}-worker`, concurrency_limit: 9, heartbeat_interval_seconds: 10, host: 'here', pid: 1, leases: [] };
    await send('POST', `/work_pools/${pool}/workers/beat`, { body: beat });
    const flow = (await send('POST', '/flows/', { body: { name: pool } })).json as { id: string };
    const body = { name: pool, flow_id: flow.id, work_pool_name: pool };
    const deployment = (await send('POST', '/deployments/', { body })).json as { id: string };
    await send('POST', `/deployments/${deployment.id}/create_flow_run`, { body: {} });
  }
  const { json } = await send('POST', `/work_pools/${pool}/claim`, { body: { worker_id, wait_seconds: 10 } });
  const [run] = json as ClaimedRun[];
  if (!run) throw new Error('nothing was claimed');
  return { ...run, pool, worker_id };
}

const setState = (send: Send, id: string, state: object, headers = {}) => send('POST', `/flow_runs/${id}/set_state`, { body: { state }, headers });
const writeLog = (send: Send, flow_run_id: string) =>
  send('POST', '/logs/', { body: [{ name: 'flow', level: 20, message: 'a line', timestamp: new Date().toISOString(), flow_run_id }] });
const stateOf = async (id: string) => ((await admin('GET', `/flow_runs/${id}`)).json as { state_type: string }).state_type;

async function query(sql: string): Promise<void> {
  const client = new pg.Client(server.databaseUrl);
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

describe('the token of a run', () => {
  test.each([
    ['a key', { api_key: KEY }, bearer(KEY)],
    ['user and password', { auth_string: 'ada:pass:word' }, { authorization: `Basic ${Buffer.from('ada:pass:word').toString('base64')}` }],
  ])('comes with its claim from a server with %s, and opens it to the run', async (_name, flags, authorization) => {
    await using one = await startTestServer(inject('postgres'), flags);
    const { token, flow_run } = await claim(sender(one.url, authorization));
    const send = sender(one.url, bearer(token ?? ''));
    expect((await setState(send, flow_run.id, { type: 'RUNNING' })).json).toMatchObject({ status: 'ACCEPT' });
    expect((await writeLog(send, flow_run.id)).status).toBe(201);
  });

  test('is not made by a server without a key', async () => {
    await using open = await startTestServer(inject('postgres'));
    expect(await claim(sender(open.url, {}))).not.toHaveProperty('token');
  });

  test('is the same at all servers with that key, and no good where the key is another', async () => {
    const { token } = await claim(admin);
    await using other = await startTestServer(inject('postgres'), { api_key: `${KEY}-2` });
    expect((await sender(other.url, bearer(token ?? ''))('GET', '/version')).status).toBe(401);
    const { values } = resolveSettings({ home: `${server.home}-2`, port: '0', database_url: server.databaseUrl, api_key: KEY }, {}, {});
    const beside = await startServer({ settings: values });
    expect((await sender(beside.url, bearer(token ?? ''))('GET', '/version')).status).toBe(200);
    await beside.stop();
    await rm(values.home, { recursive: true });
  });

  test.each([
    ['another run', (token: string) => token.replace(/[0-9a-f]{12}\./, '000000000000.')],
    ['another epoch', (token: string) => token.replace(/\.1\./, '.2.')],
    ['another signature', (token: string) => token.slice(0, -3) + (token.endsWith('AAA') ? 'BBB' : 'AAA')],
    ['no signature', (token: string) => token.replace(/\.[^.]*$/, '.')],
    ['less', (token: string) => token.slice(0, -1)],
    ['more', (token: string) => `${token}A`],
  ])('with %s is a wrong key', async (_name, change) => {
    const { token = '' } = await claim(admin);
    expect((await withToken(token)('GET', '/version')).status).toBe(200);
    expect(change(token)).not.toBe(token);
    expect(await withToken(change(token))('GET', '/version')).toMatchObject({ status: 401, json: { code: 'UNAUTHORIZED' } });
  });

  test('is worth no lease of another run', async () => {
    const [one, two] = [await claim(admin), await claim(admin)];
    const lease = { 'x-sluice-lease': `${two.flow_run.id}:${two.epoch}` };
    const send = withToken(one.token);
    expect(await setState(send, two.flow_run.id, { type: 'RUNNING' }, lease)).toMatchObject({ status: 403, json: { code: 'FORBIDDEN' } });
    expect(await stateOf(two.flow_run.id)).toBe('PENDING');
  });

  test('writes as the holder of its lease, also when it does not say so: after another claim it is refused', async () => {
    const run = await claim(admin);
    const { id } = run.flow_run;
    expect((await setState(withToken(run.token), id, { type: 'RUNNING' })).status).toBe(201);
    // Lost: the run goes back to the queue, and is claimed again.
    await query(`update flow_run_lease set expires_at = now() - interval '1 hour' where flow_run_id = '${id}'`);
    await setState(admin, id, { type: 'CRASHED' }, { 'x-sluice-lease': `${id}:1` });
    expect((await setState(withToken(run.token), id, { type: 'COMPLETED' })).json).toMatchObject({ status: 'ABORT' });
    const next = await claim(admin, { again: run });
    expect(next).toMatchObject({ epoch: 2, flow_run: { id } });
    await eventually(async () =>
      expect(await setState(withToken(run.token), id, { type: 'COMPLETED' })).toMatchObject({ status: 410, json: { code: 'LEASE_EXPIRED' } }),
    );
    expect(await stateOf(id)).toBe('PENDING');
    expect((await setState(withToken(next.token), id, { type: 'RUNNING' })).json).toMatchObject({ status: 'ACCEPT' });
  });

  test('takes the last log lines for a minute after the run has ended, and opens nothing then', async () => {
    const { flow_run, token } = await claim(admin);
    const send = withToken(token);
    await setState(send, flow_run.id, { type: 'RUNNING' });
    await setState(send, flow_run.id, { type: 'COMPLETED' });
    expect((await writeLog(send, flow_run.id)).status).toBe(201);
    await query(`update flow_run set state_timestamp = now() - interval '61 seconds' where id = '${flow_run.id}'`);
    await eventually(async () =>
      expect(await writeLog(send, flow_run.id)).toMatchObject({ status: 410, json: { code: 'LEASE_EXPIRED', hint: expect.any(String) } }),
    );
  });

  test('of a run that was deleted opens nothing', async () => {
    const { flow_run, token } = await claim(admin);
    await admin('DELETE', `/flow_runs/${flow_run.id}`);
    await eventually(async () => expect((await withToken(token)('GET', '/version')).status).toBe(410));
  });
});

describe('with the token of a run another run', () => {
  const taskOf = async (flow_run_id: string, id = crypto.randomUUID()) => {
    await admin('POST', '/task_runs/', {
      body: { id, flow_run_id, name: 'theirs', task_key: 'theirs', dynamic_key: id, state: { type: 'RUNNING' } },
    });
    return id;
  };
  const aTask = (flow_run_id: string, id: string = crypto.randomUUID()) => ({
    id,
    flow_run_id,
    name: 'mine',
    task_key: 'mine',
    dynamic_key: crypto.randomUUID(),
  });
  const state = { type: 'COMPLETED' };
  let mine: ClaimedRun;
  let send: Send;
  let theirs: string;
  let task: string;
  beforeAll(async () => {
    mine = await claim(admin);
    send = withToken(mine.token);
    theirs = (await claim(admin)).flow_run.id;
    task = await taskOf(theirs);
  });

  test.each<[string, string, () => [string, object]]>([
    ['is given no state', 'POST', () => [`/flow_runs/${theirs}/set_state`, { state }]],
    ['is given no state by force', 'POST', () => [`/flow_runs/${theirs}/set_state`, { state, force: true }]],
    ['is not claimed', 'POST', () => [`/flow_runs/${theirs}/set_state`, { state: { type: 'PENDING' }, holder: { id: theirs, name: 'me' } }]],
    ['is not changed', 'PATCH', () => [`/flow_runs/${theirs}`, { name: 'mine-now' }]],
    ['is not resumed', 'POST', () => [`/flow_runs/${theirs}/resume`, {}]],
    ['is not kept alive', 'POST', () => [`/flow_runs/${theirs}/beat`, { epoch: 1 }]],
    ['shows no progress', 'PUT', () => [`/flow_runs/${theirs}/progress`, { label: 'rows', done: 1 }]],
    ['has no task that is given a state', 'POST', () => [`/task_runs/${task}/set_state`, { state }]],
    ['has no task that is changed', 'PATCH', () => [`/task_runs/${task}`, { name: 'mine-now' }]],
    ['is given no task', 'POST', () => ['/task_runs/', aTask(theirs)]],
    ['is given no task that runs', 'POST', () => ['/task_runs/step', { task_run: aTask(theirs), state: { type: 'RUNNING' } }]],
    ['is given no child', 'POST', () => ['/flow_runs/', { flow_id: mine.flow_run.flow_id, parent_task_run_id: task }]],
    ['is given no child of a deployment', 'POST', () => [`/deployments/${mine.deployment?.id}/create_flow_run`, { parent_task_run_id: task }]],
  ])('%s', async (_name, method, request) => {
    const [path, body] = request();
    const read = async () => [
      ...[await admin('GET', `/flow_runs/${theirs}`), await admin('GET', `/task_runs/${task}`)].map(({ json }) => {
        const { name, state_id } = json as { name: string; state_id: string };
        return { name, state_id };
      }),
      (await admin('POST', '/task_runs/count', { body: { task_runs: { flow_run_id: { any_: [theirs] } } } })).json,
      (await admin('POST', '/flow_runs/progress', { body: { ids: [theirs] } })).json,
    ];
    const before = await read();
    expect(await send(method, path, { body })).toMatchObject({ status: 403, json: { code: 'FORBIDDEN', hint: expect.any(String) } });
    expect(await read()).toEqual(before);
  });

  test('has no task that is started again under its id', async () => {
    const step = { task_run: aTask(mine.flow_run.id, task), state: { type: 'CRASHED' } };
    expect(await send('POST', '/task_runs/step', { body: step })).toMatchObject({ status: 409, json: { code: 'CONFLICT' } });
    expect((await admin('GET', `/task_runs/${task}`)).json).toMatchObject({ state_type: 'RUNNING', flow_run_id: theirs });
  });

  test('can be cancelled', async () => {
    const { id } = (await claim(admin)).flow_run;
    expect((await setState(send, id, { type: 'CANCELLING' })).json).toMatchObject({ status: 'ACCEPT' });
    expect(await stateOf(id)).toBe('CANCELLING');
  });

  test('that is below its own is its own: a subflow with its tasks, a child of a deployment, and what a program of it has made', async () => {
    const accepted = async (path: string, to: string, of: Send = send) =>
      expect((await of('POST', `${path}/set_state`, { body: { state: { type: to } } })).json).toMatchObject({ status: 'ACCEPT' });
    const make = async (path: string, body: object) => ((await send('POST', path, { body })).json as { id: string }).id;
    const { flow_id } = mine.flow_run;
    await accepted(`/flow_runs/${mine.flow_run.id}`, 'RUNNING');
    const call = await make('/task_runs/', aTask(mine.flow_run.id));
    const subflow = await make('/flow_runs/', { flow_id, parent_task_run_id: call });
    await accepted(`/flow_runs/${subflow}`, 'RUNNING');
    const within = await make('/task_runs/', aTask(subflow));
    await accepted(`/task_runs/${within}`, 'RUNNING');
    const child = await make(`/deployments/${mine.deployment?.id}/create_flow_run`, { parent_task_run_id: within });
    await accepted(`/flow_runs/${child}`, 'FAILED');
    expect(await send('GET', '/version', { headers: { 'x-sluice-lease': `${child}:1` } })).toMatchObject({ status: 403 });
    const holder = { id: crypto.randomUUID(), name: 'a program' };
    const script = await make('/flow_runs/', { flow_id, holder });
    const held: Send = (method, path, request) => send(method, path, { ...request, headers: { 'x-sluice-lease': `${script}:1` } });
    await accepted(`/flow_runs/${script}`, 'RUNNING', held);
    expect((await held('POST', `/flow_runs/${script}/beat`, { body: { epoch: 1 } })).status).toBe(200);
    await accepted(`/flow_runs/${script}`, 'COMPLETED', held);
  });
});

test('the token of a run reads the bundle that the run was made with, and no other', async () => {
  const store = async (content: string) => {
    const { said, chunk } = aBundle(content);
    const { id } = (await admin('POST', '/bundles/', { body: said })).json as { id: string };
    await admin('PUT', `/bundles/${id}/chunks/0`, { body: chunk });
    await admin('POST', `/bundles/${id}/check`);
    return said.name;
  };
  const [own, other] = [await store('its own'), await store('of others')];
  const { flow_run, token } = await claim(admin);
  await query(`update flow_run set bundle = '${own}' where id = '${flow_run.id}'`);
  const send = withToken(token);
  for (const path of ['', '/chunks/0']) {
    expect(await send('GET', `/bundles/${own}${path}`)).toMatchObject({ status: 200 });
    expect(await send('GET', `/bundles/${other}${path}`)).toMatchObject({ status: 403, json: { code: 'FORBIDDEN' } });
  }
});

describe('of all routes the token of a run opens those that read, and those that a flow needs', () => {
  let token: string | undefined;
  beforeAll(async () => {
    ({ token } = await claim(admin));
  });
  const pathOf = (key: string) => (key.split(' ')[1] ?? '').replaceAll(/\{\w+\}/g, 'x');

  /** Written down one by one: what a flow may change. */
  const CHANGES = [
    ...['POST /flows/', 'POST /deployments/{id}/create_flow_run'],
    ...['POST /flow_runs/', 'PATCH /flow_runs/{id}', 'POST /flow_runs/{id}/set_state', 'POST /flow_runs/{id}/resume'],
    ...['PATCH /flow_runs/{id}/labels', 'POST /flow_runs/{id}/input', 'DELETE /flow_runs/{id}/input/{key}'],
    ...['POST /flow_runs/{id}/beat', 'POST /flow_runs/wait', 'PUT /flow_runs/{id}/progress', 'POST /flow_runs/progress', 'POST /logs/'],
    ...['POST /task_runs/', 'PATCH /task_runs/{id}', 'POST /task_runs/{id}/set_state', 'POST /task_runs/step'],
    ...['POST /table_loads/', 'POST /events'],
    ...['POST /variables/', 'PATCH /variables/name/{name}', 'POST /artifacts/', 'PATCH /artifacts/{id}'],
    'POST /sources/url',
    'POST /v2/concurrency_limits/',
    ...['increment', 'decrement', 'increment-with-lease', 'decrement-with-lease', 'leases/{id}/renew'].map(
      (end) => `POST /v2/concurrency_limits/${end}`,
    ),
  ];

  test.each(Object.entries(routes) as [string, Route][])('%s', async (key, route) => {
    const [method = '', path = ''] = key.split(' ');
    const isRead = path.startsWith('/bundles/')
      ? path.startsWith('/bundles/{name}')
      : method === 'GET' || /\/(filter|paginate|count|history|lateness)$/.test(path);
    const isOpen = route.open || CHANGES.includes(key) || (isRead && !path.startsWith('/admin/'));
    const { status, json } = await withToken(token)(method, pathOf(key), { ...(route.body && { raw: '[' }) });
    if (isOpen) expect([401, 403, 410]).not.toContain(status);
    else expect(json).toMatchObject({ code: 'FORBIDDEN', hint: expect.any(String) });
  });

  test('a path that is not there is told as such', async () => {
    expect((await withToken(token)('GET', '/nothing')).status).toBe(404);
  });
});
