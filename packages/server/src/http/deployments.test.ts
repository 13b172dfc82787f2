import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Call, call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let flow_id: string;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  flow_id = (await post('/flows/', { name: 'flow' })).json.id;
  await post('/work_pools/', { name: 'pool' });
});
afterAll(() => server.stop());

const send = async (method: string, path: string, options?: Call) => {
  const answer = await call(server.url, method, path, options);
  return { ...answer, json: answer.json as { [key: string]: unknown; id: string } };
};
const post = (path: string, body: unknown) => send('POST', path, { body });
const get = async (path: string) => (await send('GET', path)).json;
const deploy = (body: object) => post('/deployments/', { flow_id, ...body });
const run = (id: string, body: object = {}) => post(`/deployments/${id}/create_flow_run`, body);

describe('a deployment', () => {
  test('is made with 201 and has what Prefect’s clients of both majors read', async () => {
    const made = await deploy({
      name: 'full',
      work_pool_name: 'pool',
      infra_overrides: { env: { A: '1' } },
      tags: ['t'],
      path: '/p',
      entrypoint: 'f.ts:f',
    });
    expect(made).toMatchObject({
      status: 201,
      json: {
        work_pool_name: 'pool',
        work_queue_name: 'default',
        job_variables: { env: { A: '1' } },
        infra_overrides: { env: { A: '1' } },
        schedules: [],
        schedule: null,
        paused: false,
        is_schedule_active: true,
        enforce_parameter_schema: true,
        status: 'NOT_READY',
      },
    });
    expect(await get('/deployments/name/flow/full')).toEqual(made.json);
  });

  test('that is deployed again answers 200, and keeps what is not told', async () => {
    const kept = {
      version: 'v1',
      description: 'd',
      paused: true,
      concurrency_limit: 2,
      parameters: { a: 1 },
      tags: ['t'],
      path: '/p',
      job_variables: { memory: 5 },
    };
    const { json: first } = await deploy({ name: 'again', work_pool_name: 'pool', ...kept });
    const second = await deploy({ name: 'again', version: 'v2' });
    expect(second.status).toBe(200);
    expect(second.json).toMatchObject({ id: first.id, ...kept, version: 'v2', work_pool_name: 'pool', work_queue_id: first['work_queue_id'] });
    const third = await deploy({ name: 'again', description: null, concurrency_limit: null, job_variables: {}, tags: [], paused: false });
    expect(third.json).toMatchObject({ version: 'v2', description: null, concurrency_limit: null, job_variables: {}, tags: [], paused: false });
  });

  test('that is resumed keeps its runs, paused or not; that is paused loses what its schedules have made, late ones too', async () => {
    const schedule = { interval: 3600, anchor_date: '2026-01-01T00:00:00+00:00' };
    const { id } = (await deploy({ name: 'paused and resumed', work_pool_name: 'pool', schedules: [{ schedule }] })).json;
    const hours = (count: number) => new Date(Date.now() + count * 3_600_000).toISOString();
    const filter = { deployments: { id: { any_: [id] } } };
    const waiting = async () => Number((await post('/flow_runs/count', filter)).json);
    expect((await post(`/deployments/${id}/schedule`, { start_time: hours(-2), end_time: hours(2) })).status).toBe(200);
    const made = await waiting();
    expect(made).toBeGreaterThanOrEqual(3);
    await post(`/deployments/${id}/resume_deployment`, {});
    expect(await waiting()).toBe(made);
    await post(`/deployments/${id}/pause_deployment`, {});
    expect(await waiting()).toBe(0);
  });

  test('is made once when it is deployed twice at the same moment', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => deploy({ name: 'twice', work_pool_name: 'pool', work_queue_name: 'new queue' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1);
  });

  test('of a flow or a pool that is not there is refused, a queue is made', async () => {
    expect(await deploy({ name: 'x', flow_id: uuidv7() })).toMatchObject({ status: 404 });
    expect(await deploy({ name: 'x', work_pool_name: 'nowhere' })).toMatchObject({
      status: 404,
      json: { hint: expect.stringContaining('work-pool create nowhere') },
    });
    // As in Prefect: a queue without a pool is one of the pool of Prefect 2's agents.
    expect(await deploy({ name: 'x', work_queue_name: 'q' })).toMatchObject({
      status: 201,
      json: { work_pool_name: 'default-agent-pool', work_queue_name: 'q' },
    });
    expect(await deploy({ name: 'x', work_pool_name: 'pool', work_queue_name: 'made' })).toMatchObject({
      status: 200,
      json: { work_queue_name: 'made' },
    });
    expect((await send('GET', '/work_pools/pool/queues/made')).status).toBe(200);
  });

  test('is changed where it is told, and emptied where null is told', async () => {
    const { id } = (
      await deploy({ name: 'patched', work_pool_name: 'pool', description: 'd', version: 'v', path: '/p', tags: ['t'], concurrency_limit: 2 })
    ).json;
    const patch = (body: object) => send('PATCH', `/deployments/${id}`, { body });
    expect((await patch({ description: null, path: null, manifest_path: 'm', storage_document_id: flow_id })).status).toBe(204);
    expect(await get(`/deployments/${id}`)).toMatchObject({
      description: null,
      path: null,
      version: 'v',
      tags: ['t'],
      concurrency_limit: 2,
      manifest_path: 'm',
      storage_document_id: flow_id,
      work_pool_name: 'pool',
    });
    expect((await patch({ work_queue_name: 'other lane' })).status).toBe(204);
    expect(await get(`/deployments/${id}`)).toMatchObject({ work_pool_name: 'pool', work_queue_name: 'other lane' });
    expect((await patch({ work_pool_name: 'nowhere' })).status).toBe(404);
    expect((await patch({})).status).toBe(204);
    expect((await patch({ concurrency_limit: null })).status).toBe(204);
    expect(await get(`/deployments/${id}`)).toMatchObject({ concurrency_limit: null, work_queue_name: 'other lane' });
  });

  test('many lanes that are made at once do not get in each other’s way', async () => {
    await post('/work_pools/', { name: 'lanes' });
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => deploy({ name: `lane-${index}`, work_pool_name: 'lanes', work_queue_name: `lane-${index}` })),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    const queues = (await post('/work_pools/lanes/queues/filter', {})).json as unknown as { priority: number }[];
    expect(queues.map(({ priority }) => priority)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

describe('a run of a deployment', () => {
  test('has its defaults, and what the call says beside or over them', async () => {
    const schema = { type: 'object', properties: { a: { type: 'integer' }, b: { type: 'string' } }, required: ['a'] };
    const { id } = (
      await deploy({
        name: 'defaults',
        work_pool_name: 'pool',
        version: 'v3',
        parameters: { a: 1, b: 'x' },
        tags: ['d'],
        labels: { l: 1 },
        parameter_openapi_schema: schema,
      })
    ).json;
    const made = await run(id, { parameters: { b: 'y' }, tags: ['d', 'r'], labels: { m: true }, work_queue_name: 'lane' });
    expect(made).toMatchObject({
      status: 201,
      json: {
        deployment_id: id,
        deployment_version: 'v3',
        parameters: { a: 1, b: 'y' },
        tags: ['d', 'r'],
        labels: { l: 1, m: true },
        state_type: 'SCHEDULED',
        work_pool_name: 'pool',
        work_queue_name: 'lane',
        created_by: { id, type: 'DEPLOYMENT', display_value: 'defaults' },
      },
    });
  });

  test('is made once by its idempotency key', async () => {
    const { id } = (await deploy({ name: 'once', work_pool_name: 'pool' })).json;
    const answers = await Promise.all([1, 2, 3].map(() => run(id, { idempotency_key: 'k' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
  });

  test.each([
    ['a wrong type', { a: 'one' }, 'a must be integer'],
    ['a missing one', { a: undefined }, "parameters must have required property 'a'"],
    ['an unknown one', { a: 1, c: 1 }, '"c" is not one of its parameters; it has "a"'],
    ['one with a name that every object has', { a: 1, toString: 1 }, '"toString" is not one of its parameters; it has "a"'],
  ])('with %s is refused in a sentence', async (_what, parameters, sentence) => {
    const schema = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] };
    const { id } = (await deploy({ name: 'checked', work_pool_name: 'pool', parameter_openapi_schema: schema })).json;
    const answer = await run(id, { parameters });
    expect(answer).toMatchObject({ status: 409, json: { code: 'PARAMETERS_INVALID' } });
    expect(answer.json['detail']).toBe(`Validation failed for the parameters of flow/checked: ${sentence}.`);
    expect((await run(id, { parameters: { ...parameters, a: 'any' }, enforce_parameter_schema: false })).status).toBe(201);
  });

  test('into a lane of a deployment without a pool is refused', async () => {
    const { id } = (await deploy({ name: 'poolless' })).json;
    expect(await run(id, { work_queue_name: 'q' })).toMatchObject({
      status: 400,
      json: { detail: expect.stringContaining('is not associated with a work pool') },
    });
    expect((await run(id)).status).toBe(201);
  });
});

describe('a schema of parameters', () => {
  test.each([
    ['that is none', { type: 7 }],
    ['that refers to another that is not there', { $ref: 'https://example.com/x.json' }],
    ['that would answer later', { $async: true, type: 'object', properties: { a: { type: 'integer' } } }],
    ['with a pattern that is none', { type: 'object', properties: { a: { type: 'string', pattern: '(' } } }],
  ])('%s is refused when it is deployed', async (_what, parameter_openapi_schema) => {
    expect(await deploy({ name: 'bad schema', parameter_openapi_schema })).toMatchObject({ status: 422, json: { code: 'INVALID_REQUEST' } });
  });

  test('may have the id of another schema: each deployment has its own', async () => {
    const schema = (type: string) => ({ $id: 'https://example.com/parameters.json', type: 'object', properties: { a: { type } } });
    const [one, two] = await Promise.all([
      deploy({ name: 'id-1', parameter_openapi_schema: schema('integer') }),
      deploy({ name: 'id-2', parameter_openapi_schema: schema('string') }),
    ]);
    expect([one.status, two.status]).toEqual([201, 201]);
    expect((await run(one.json.id, { parameters: { a: 1 } })).status).toBe(201);
    expect((await run(two.json.id, { parameters: { a: 1 } })).status).toBe(409);
    expect((await run(two.json.id, { parameters: { a: 'x' } })).status).toBe(201);
  });
});

describe('a work pool', () => {
  test('is made with its default queue, once, and not under a reserved name', async () => {
    const made = await post('/work_pools/', { name: 'new', type: 'process' });
    expect(made).toMatchObject({ status: 201, json: { status: 'NOT_READY', active_slots: 0, default_queue_id: expect.any(String) } });
    expect(await get('/work_pools/new/queues/default')).toMatchObject({ id: made.json['default_queue_id'], priority: 1, work_pool_name: 'new' });
    expect(await post('/work_pools/', { name: 'new' })).toMatchObject({ status: 409, json: { code: 'CONFLICT' } });
    expect(await post('/work_pools/', { name: 'prefect-mine' })).toMatchObject({ status: 403 });
    expect((await send('DELETE', '/work_pools/new/queues/default')).status).toBe(409);
  });

  test('is READY with a worker, PAUSED when told', async () => {
    await post('/work_pools/', { name: 'states' });
    await post('/work_pools/states/workers/heartbeat', { name: 'w', heartbeat_interval_seconds: 30 });
    expect(await get('/work_pools/states')).toMatchObject({ status: 'READY' });
    await send('PATCH', '/work_pools/states', { body: { is_paused: true } });
    expect(await get('/work_pools/states')).toMatchObject({ status: 'PAUSED', is_paused: true });
    expect((await post('/work_pools/states/workers/filter', {})).json).toMatchObject([{ name: 'w', status: 'ONLINE', concurrency_limit: null }]);
  });

  test('has queues of different priorities: the others make room', async () => {
    await post('/work_pools/', { name: 'ranks' });
    for (const name of ['a', 'b']) await post('/work_pools/ranks/queues', { name });
    expect((await post('/work_pools/ranks/queues', { name: 'first', priority: 1 })).status).toBe(201);
    const order = async () =>
      ((await post('/work_pools/ranks/queues/filter', {})).json as unknown as { name: string; priority: number }[]).map(({ name, priority }) => [
        name,
        priority,
      ]);
    expect(await order()).toEqual([
      ['first', 1],
      ['default', 2],
      ['a', 3],
      ['b', 4],
    ]);
    expect((await send('PATCH', '/work_pools/ranks/queues/b', { body: { priority: 1 } })).status).toBe(204);
    expect((await order()).map(([name]) => name)).toEqual(['b', 'first', 'default', 'a']);
    expect((await send('PATCH', '/work_pools/ranks/queues/b', { body: { name: 'a' } })).status).toBe(409);
  });
});

test('a Prefect worker is told the runs of its queues, in the order to claim them, and no more than there is room for', async () => {
  await post('/work_pools/', { name: 'polled', concurrency_limit: 2 });
  const { id } = (await deploy({ name: 'polled', work_pool_name: 'polled' })).json;
  const at = (second: number) => ({ state: { type: 'SCHEDULED', state_details: { scheduled_time: `2026-01-01T00:00:0${second}Z` } } });
  for (const second of [3, 1, 2]) await run(id, { name: `run-${second}`, ...at(second) });
  await run(id, { name: 'future', state: { type: 'SCHEDULED', state_details: { scheduled_time: '2099-01-01T00:00:00Z' } } });
  const poll = async (body: object = {}) => {
    const { json } = await post('/work_pools/polled/get_scheduled_flow_runs', { scheduled_before: '2026-11-24 10:00:00.000000+00:00', ...body });
    return (json as unknown as { flow_run: { id: string; name: string } }[]).map(({ flow_run }) => flow_run);
  };
  expect((await poll()).map(({ name }) => name)).toEqual(['run-1', 'run-2']);
  expect((await poll({ limit: 1 })).map(({ name }) => name)).toEqual(['run-1']);
  expect(await poll({ work_queue_names: ['other'] })).toEqual([]);
  // Prefect's pause keeps schedules from making runs, and no run from starting.
  await send('PATCH', `/deployments/${id}`, { body: { paused: true } });
  expect(await poll()).toHaveLength(2);
  const [first] = await poll();
  expect(await post(`/flow_runs/${first?.id}/set_state`, { state: { type: 'PENDING' } })).toMatchObject({ status: 201 });
  expect((await poll()).map(({ name }) => name)).toEqual(['run-2']);
  expect(await post(`/flow_runs/${first?.id}/set_state`, { state: { type: 'PENDING', name: 'Submitting' } })).toMatchObject({ status: 201 });
  expect(await get('/work_pools/polled')).toMatchObject({ active_slots: 1 });
  expect(await get('/work_pools/polled/queues/default')).toMatchObject({ status: 'READY', active_slots: 1 });
});
