import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

/* What Prefect's own clients ask of flows, flow runs and task runs, beside what `runs.test.ts` tells. */

let server: TestServer;
let flow_id: string;

interface Answered {
  readonly id: string;
  readonly status: string;
  readonly state: { readonly id: string; readonly type: string; readonly name: string; readonly data: unknown } | null;
  readonly [field: string]: unknown;
}

const send = async (method: string, path: string, body?: unknown) => {
  const answer = await call(server.url, method, path, body === undefined ? {} : { body });
  return { ...answer, json: answer.json as Answered };
};
const post = (path: string, body?: unknown) => send('POST', path, body);
const makeRun = async (type = 'RUNNING', more: object = {}) => (await post('/flow_runs/', { flow_id, state: { type }, ...more })).json;
let count = 0;
const makeTask = async (flow_run_id: string, more: object = {}) =>
  (await post('/task_runs/', { flow_run_id, task_key: `task-${++count}`, dynamic_key: '0', name: `task-${count}`, ...more })).json;
const setState = (kind: 'flow' | 'task', id: string, type: string, more: object = {}) =>
  post(`/${kind}_runs/${id}/set_state`, { state: { type, ...more } });
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  flow_id = (await post('/flows/', { name: 'flow' })).json.id;
});
afterAll(() => server.stop());

describe('pages by their number', () => {
  test.each(['flows', 'flow_runs', 'task_runs'])('of %s hold every record once, and tell how many there are', async (noun) => {
    const { id } = await makeRun();
    for (let n = 0; n < 3; n++) await Promise.all([makeTask(id), post('/flows/', { name: `${noun} ${n}` }), makeRun()]);
    const all = (await post(`/${noun}/count`, {})).json as unknown as number;
    const seen: string[] = [];
    for (let page = 1; page <= Math.ceil(all / 2); page++) {
      const { json } = await post(`/${noun}/paginate`, { limit: 2, page, sort: 'NAME_ASC' });
      expect(json).toMatchObject({ count: all, limit: 2, page, pages: Math.ceil(all / 2) });
      seen.push(...(json['results'] as Answered[]).map((record) => record.id));
    }
    expect(new Set(seen).size).toBe(all);
    expect((await post(`/${noun}/paginate`, { limit: 0 })).json).toMatchObject({ results: [], pages: 0, count: all });
    expect((await post(`/${noun}/paginate`, { page: 0 })).status).toBe(422);
    expect((await post(`/${noun}/paginate`, { limit: 201 })).status).toBe(422);
  });
});

test('flows are deleted in bulk with what is theirs, and never without a filter', async () => {
  const flows = await Promise.all(['one', 'two'].map(async (name) => (await post('/flows/', { name: `bulk-${name}` })).json.id));
  const run = (await post('/flow_runs/', { flow_id: flows[0] })).json.id;
  expect((await post('/flows/bulk_delete', {})).status).toBe(422);
  const { json } = await post('/flows/bulk_delete', { flows: { name: { like_: 'bulk-' } } });
  expect(new Set(json['deleted'] as string[])).toEqual(new Set(flows));
  expect((await send('GET', `/flow_runs/${run}`)).status).toBe(404);
});

test('labels are added to those that a run has', async () => {
  const { id } = await makeRun('PENDING', { labels: { a: '1', b: 2 } });
  expect((await send('PATCH', `/flow_runs/${id}/labels`, { b: true, c: 'x' })).status).toBe(204);
  expect((await send('GET', `/flow_runs/${id}`)).json['labels']).toMatchObject({ a: '1', b: true, c: 'x' });
  expect((await send('PATCH', `/flow_runs/${uuidv7()}/labels`, { a: '1' })).status).toBe(404);
  expect((await send('PATCH', `/flow_runs/${id}/labels`, { a: [1] })).status).toBe(422);
});

test('labels say of themselves which flow a run is of, and a flow hands its own down', async () => {
  const labelled = (await post('/flows/', { name: 'labelled', labels: { team: 'data', size: 1 } })).json.id;
  const run = (await post('/flow_runs/', { flow_id: labelled, state: { type: 'RUNNING' }, labels: { size: 2 } })).json;
  expect(run['labels']).toEqual({ team: 'data', size: 2, 'prefect.flow.id': labelled });
  expect((await makeTask(run.id))['labels']).toEqual({ 'prefect.flow.id': labelled, 'prefect.flow-run.id': run.id });
});

test('a history that is too long is cut off, and one that ends before it starts is empty', async () => {
  const span = (history_end: string) => ({ history_start: '2026-01-01T00:00:00Z', history_end, history_interval_seconds: 1 });
  for (const noun of ['flow_runs', 'task_runs']) {
    expect((await post(`/${noun}/history`, span('2026-02-01T00:00:00Z'))).json).toHaveLength(500);
    expect((await post(`/${noun}/history`, span('2025-12-31T00:00:00Z'))).json).toEqual([]);
    expect((await post(`/${noun}/history`, { ...span('2026-02-01T00:00:00Z'), history_interval_seconds: 0.5 })).status).toBe(422);
  }
});

test('lateness is an average, and null of no runs', async () => {
  const late = await makeRun('SCHEDULED', { state: { type: 'SCHEDULED', state_details: { scheduled_time: inMs(-60_000) } } });
  const of = (ids: string[]) => post('/flow_runs/lateness', { flow_runs: { id: { any_: ids } } });
  expect((await of([late.id])).json as unknown as number).toBeGreaterThan(59);
  expect((await of([uuidv7()])).json).toBeNull();
});

test('a run’s logs are downloaded as CSV, however many there are', async () => {
  const { id } = await makeRun('RUNNING', { name: 'a "run" ü' });
  const lines = Array.from({ length: 1205 }, (_, n) => ({
    name: 'n',
    level: 20,
    message: n === 3 ? 'a "quoted", text\nof two lines' : `line ${n}`,
    timestamp: new Date(1_767_225_600_000 + n).toISOString(),
    flow_run_id: id,
  }));
  await post('/logs/', lines);
  const { text, headers, status } = await send('GET', `/flow_runs/${id}/logs/download`);
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('text/csv; charset=utf-8');
  expect(headers['content-disposition']).toContain("filename*=UTF-8''a%20%22run%22%20%C3%BC-logs.csv");
  const rows = text.split('\r\n');
  expect(rows[0]).toBe('timestamp,level,flow_run_id,task_run_id,message');
  expect(rows[1]).toBe(`2026-01-01 00:00:00.000000+00:00,20,${id},,line 0`);
  expect(rows[4]).toContain('"a ""quoted"", text\nof two lines"');
  expect(rows).toHaveLength(1207);
  expect((await send('GET', `/flow_runs/${uuidv7()}/logs/download`)).status).toBe(404);
});

describe('the graph of a run', () => {
  test('tells in both generations what came from where, and shows a subflow for its task run', async () => {
    const { id } = await makeRun();
    const first = await makeTask(id);
    const second = await makeTask(id, {
      task_inputs: {
        x: [
          { input_type: 'task_run', id: first.id },
          { input_type: 'constant', type: 'int' },
        ],
      },
    });
    const standIn = await makeTask(id, { task_inputs: { y: [{ input_type: 'task_run', id: second.id }] } });
    const child = await makeRun('RUNNING', { parent_task_run_id: standIn.id, name: 'child' });

    const dependencies = (await send('GET', `/flow_runs/${id}/graph`)).json as unknown as Answered[];
    expect(dependencies.map((each) => each.id).toSorted()).toEqual([first.id, second.id, standIn.id].toSorted());
    expect(dependencies.find((each) => each.id === second.id)).toMatchObject({
      upstream_dependencies: expect.arrayContaining([{ input_type: 'task_run', id: first.id }]),
      untrackable_result: false,
    });

    const graph = (await send('GET', `/flow_runs/${id}/graph-v2`)).json as unknown as { nodes: [string, Answered][] } & Answered;
    expect(graph).toMatchObject({ root_node_ids: [first.id], artifacts: [], states: [{ type: 'RUNNING' }] });
    const nodes = Object.fromEntries(graph.nodes);
    expect(nodes[child.id]).toMatchObject({ kind: 'flow-run', label: 'flow / child', parents: [{ id: second.id }], artifacts: [] });
    expect(nodes[second.id]).toMatchObject({ children: [{ id: child.id }] });
    expect((await send('GET', `/flow_runs/${id}/graph-v2?since=2000-01-01T00:00:00Z`)).json).toMatchObject({ root_node_ids: [first.id] });
    for (const path of ['graph', 'graph-v2']) expect((await send('GET', `/flow_runs/${uuidv7()}/${path}`)).status).toBe(404);
    expect((await send('GET', `/flow_runs/${id}/graph-v2?since=yesterday`)).status).toBe(422);
  });
});

describe('inputs of a run', () => {
  test('are taken by their keys: each is there once, and gone when it was taken', async () => {
    const { id } = await makeRun();
    for (const key of ['a-1', 'a-2', 'b-1']) {
      expect(await post(`/flow_runs/${id}/input`, { key, value: `"${key}"`, sender: 'me' })).toMatchObject({ status: 201, text: 'null' });
    }
    expect((await post(`/flow_runs/${id}/input`, { key: 'a-1', value: 'x' })).status).toBe(409);
    const found = async (body: object) => ((await post(`/flow_runs/${id}/input/filter`, body)).json as unknown as Answered[]).map(({ key }) => key);
    expect(await found({ prefix: 'a' })).toEqual(['a-1']);
    expect(await found({ prefix: 'a', limit: 10, exclude_keys: ['a-1'] })).toEqual(['a-2']);
    expect(await found({ prefix: '%', limit: 10 })).toEqual([]);
    expect(await send('GET', `/flow_runs/${id}/input/b-1`)).toMatchObject({ status: 200, text: '"b-1"' });
    expect((await send('DELETE', `/flow_runs/${id}/input/b-1`)).status).toBe(204);
    expect((await send('DELETE', `/flow_runs/${id}/input/b-1`)).status).toBe(404);
    expect((await send('GET', `/flow_runs/${id}/input/b-1`)).status).toBe(404);
    expect((await post(`/flow_runs/${uuidv7()}/input`, { key: 'a', value: 'x' })).status).toBe(404);
    expect((await post(`/flow_runs/${id}/input`, { key: 'a b', value: 'x' })).status).toBe(422);
  });
});

describe('a paused run', () => {
  const keys = { schema: 'p-schema', response: 'p-response' };
  const schema = { type: 'object', properties: { x: { type: 'integer' } }, required: ['x'] };
  const paused = async (details: object = {}) => {
    const { id } = await makeRun();
    const state_details = { pause_timeout: inMs(600_000), pause_key: uuidv7(), run_input_keyset: keys, ...details };
    expect((await setState('flow', id, 'PAUSED', { state_details })).json.status).toBe('ACCEPT');
    await post(`/flow_runs/${id}/input`, { key: keys.schema, value: JSON.stringify(schema) });
    return id;
  };
  const resume = (id: string, run_input?: object) => post(`/flow_runs/${id}/resume`, run_input && { run_input });

  test('goes on with an input of its schema, which is there when it runs', async () => {
    const id = await paused();
    for (const input of [undefined, { x: 'no' }]) {
      expect((await resume(id, input)).json).toMatchObject({ status: 'REJECT', state: { type: 'PAUSED' }, details: { type: 'reject_details' } });
    }
    expect(await resume(id, { x: 1 })).toMatchObject({ status: 201, json: { status: 'ACCEPT', state: { type: 'RUNNING' } } });
    expect((await send('GET', `/flow_runs/${id}/input/${keys.response}`)).text).toBe('{"x":1}');
    expect((await resume(id, { x: 1 })).json).toMatchObject({ status: 'ABORT', state: null });
  });

  test('forgets the answers to a pause before when it pauses again under the same keys', async () => {
    const id = await paused();
    await resume(id, { x: 1 });
    await setState('flow', id, 'PAUSED', { state_details: { pause_timeout: inMs(600_000), pause_key: uuidv7(), run_input_keyset: keys } });
    expect((await send('GET', `/flow_runs/${id}/input/${keys.response}`)).status).toBe(404);
    expect((await resume(id, { x: 1 })).json).toMatchObject({ status: 'REJECT', details: { reason: 'Run input schema not found.' } });
  });

  test('fails when its time is over', async () => {
    const id = await paused({ pause_timeout: inMs(-1000) });
    expect((await resume(id, { x: 1 })).json).toMatchObject({ status: 'REJECT', state: { type: 'FAILED' } });
    expect((await send('GET', `/flow_runs/${id}/input/${keys.response}`)).status).toBe(404);
  });

  test('that is not there cannot be resumed', async () => {
    expect((await resume(uuidv7())).status).toBe(404);
  });
});

test('a task that was never ready stays so when its flow has ended, and is cancelled with it', async () => {
  const ends = async (type: string) => {
    const { id } = await makeRun();
    const task = await makeTask(id, { state: { type: 'PENDING', name: 'NotReady' } });
    await setState('flow', id, type);
    return (await send('GET', `/task_runs/${task.id}`)).json['state_name'];
  };
  expect(await ends('FAILED')).toBe('NotReady');
  expect(await ends('CANCELLED')).toBe('Cancelled');
});

describe('what a task has computed under a key', () => {
  const data = { type: 'reference', storage_key: 'k' };
  const done = async (run: string, details: object) => {
    const { id } = await makeTask(run);
    await setState('task', id, 'RUNNING', { state_details: details });
    return (await setState('task', id, 'COMPLETED', { data, state_details: details })).json;
  };
  const start = async (run: string, details: object) =>
    (await setState('task', (await makeTask(run)).id, 'RUNNING', { state_details: details })).json;

  test('is given to others, the newest first, until it expires or its run is deleted', async () => {
    const [one, two] = [await makeRun(), await makeRun()];
    const cache_key = 'é'.repeat(2000);
    await done(one.id, { cache_key });
    expect(await start(two.id, { cache_key })).toMatchObject({ status: 'REJECT', state: { type: 'COMPLETED', name: 'Cached', data } });
    expect(await start(two.id, { cache_key, refresh_cache: true })).toMatchObject({ status: 'ACCEPT' });
    expect(await start(two.id, { cache_key: 'another' })).toMatchObject({ status: 'ACCEPT' });
    await send('DELETE', `/flow_runs/${one.id}`);
    expect(await start(two.id, { cache_key })).toMatchObject({ status: 'ACCEPT' });
    await done(two.id, { cache_key: 'short', cache_expiration: inMs(-1) });
    expect(await start(two.id, { cache_key: 'short' })).toMatchObject({ status: 'ACCEPT' });
  });
});

test('a run that has not started is found by its expected start, and not by a client of 2.x, which asks for the start alone', async () => {
  const { id: own } = (await post('/flows/', { name: 'starts' })).json;
  const [scheduled, running] = [await makeRun('SCHEDULED', { flow_id: own }), await makeRun('RUNNING', { flow_id: own })];
  const flow_runs = { start_time: { after_: inMs(-3_600_000) } };
  const ask = async <T>(path: string, agent: string, sort?: string) => {
    const body = { flows: { id: { any_: [own] } }, flow_runs, ...(sort && { sort }) };
    return (await call(server.url, 'POST', path, { body, headers: { 'user-agent': agent, 'x-prefect-api-version': '0.8.4' } })).json as T;
  };
  const found = async (agent: string, sort?: string) => (await ask<Answered[]>('/flow_runs/filter', agent, sort)).map(({ id }) => id).sort();
  const both = [scheduled.id, running.id].sort();
  expect(await found('prefect/3.9.1 (API 0.8.4)')).toEqual(both);
  for (const agent of ['prefect/2.20.25 (API 0.8.4)', 'python-httpx/0.24.1']) {
    expect(await found(agent)).toEqual([running.id]);
    expect(await found(agent, 'START_TIME_DESC')).toEqual([running.id]);
    expect(await ask('/flow_runs/count', agent)).toBe(1);
  }
});
