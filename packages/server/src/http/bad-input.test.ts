import type { Route } from '@sluice/core/api/route';
import { routes } from '@sluice/core/api/routes';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Database, openDatabase } from '../db/database.ts';
import { type Answer, type Call, call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let database: Database;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  database = openDatabase(server.databaseUrl, { max: 1 });
  await send('POST', '/work_pools/', { body: { name: 'p' } });
});
afterAll(async () => {
  await database.close();
  await server.stop();
});

const send = (method: string, path: string, options?: Call) => call(server.url, method, path, options);

const rows = Object.entries(routes) as [string, Route][];
const withBody = rows.filter(([, { body }]) => body).map(([key]) => key);
const partsOf = (key: string) => key.split(' ') as [string, string];

const UNKNOWN = '0192f3a4-0000-7000-8000-00000000000a';

/** A refusal: a status that blames the request, a code of the catalogue, a sentence, and nothing of the inside. */
function expectRefused({ status, json, text }: Answer, what: string): void {
  expect(status, `${what}: ${text.slice(0, 300)}`).toBeGreaterThanOrEqual(400);
  expect(status, `${what}: ${text.slice(0, 300)}`).toBeLessThan(500);
  const body = json as { code?: string; detail?: string; exception_message?: string; request_id?: string };
  expect(body.code, what).toMatch(/^[A-Z_]+$/);
  expect(body.detail ?? body.exception_message, what).toMatch(/^\S.*\S$/s);
  expect(body.request_id, what).toBeTruthy();
  expect(text, what).not.toMatch(/node_modules|\.ts:\d+|select .* from|insert into/i);
}

/** How many rows every table has. */
async function countAll(): Promise<{ [table: string]: number }> {
  const tables = await database.sql<{ name: string }[]>`select tablename as name from pg_tables where schemaname = 'public'`;
  const counts = await Promise.all(
    tables.map(async ({ name }) => {
      const [row] = await database.sql<[{ count: number }]>`select count(*)::integer as count from ${database.sql(name)}`;
      return [name, row.count];
    }),
  );
  return Object.fromEntries(counts);
}

/** The route's path with ids of records that are not there, or with the pool that is. */
const KNOWN: { readonly [name: string]: string } = { name: 'p', countable: 'event' };
const fill = (path: string, value: string) => path.replaceAll(/\{(\w+)\}/g, (_, name: string) => KNOWN[name] ?? value);

const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

const BODIES: [string, Call][] = [
  ['that is not JSON', { raw: '{"name": ' }],
  ['that is a word', { raw: 'hello' }],
  ['of another kind of value', { body: 7 }],
  ['that is a list of nonsense', { body: [[7]] }],
  ['that is null', { raw: 'null' }],
  ['with fields that no route knows', { body: { no_such_field: 1, name: 7, flow_id: 7, id: 7, tags: 7, state: 7, ids: 7, limit: -1, lease_id: 7 } }],
  ['with a NUL', { raw: '{"name": "a\\u0000b", "no_such_field": "a\\u0000b"}' }],
  ['with half of a surrogate pair', { raw: '{"name": "\\ud800", "no_such_field": "\\udfff"}' }],
  ['nested 65 levels deep', { raw: `{"parameters": ${deep(64)}}` }],
  ['nested 200,000 levels deep', { raw: deep(200_000) }],
  ['with a key that changes prototypes', { raw: '{"__proto__": {"admin": true}}' }],
  ['with that key in another spelling', { raw: '{"parameters": {"\\u005f_proto__": {"admin": true}}}' }],
  ['of 9 MB', { raw: JSON.stringify('x'.repeat(9_000_000)) }],
];

describe.each(BODIES)('a body %s', (what, options) => {
  // Three routes ask nothing of their body, logs are mended rather than refused, and labels have any names.
  const lenient = [
    ...['POST /flow_runs/{id}/resume', 'POST /v2/concurrency_limits/leases/{id}/renew', 'POST /concurrency_limits/tag/{tag}/reset'],
    'PATCH /flow_runs/{id}/labels',
  ];

  test('is refused by every route that takes one, and changes nothing', async () => {
    const before = await countAll();
    for (const key of withBody) {
      const [method, path] = partsOf(key);
      const answer = await send(method, fill(path, UNKNOWN), options);
      expectRefused(answer, `${key} ${what}`);
      if (!lenient.includes(key)) expect([409, 413, 422], key).toContain(answer.status);
    }
    expect(await countAll()).toEqual(before);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

test('2 MB are too much, but for logs', async () => {
  const raw = JSON.stringify({ name: 'x'.repeat(2.5 * 1024 * 1024) });
  expect(await send('POST', '/flows/', { raw })).toMatchObject({ status: 413, json: { code: 'BODY_TOO_LARGE', hint: expect.any(String) } });
  const lines = Array.from({ length: 3 }, () => ({ name: 'n', level: 20, message: 'x'.repeat(900_000), timestamp: '2026-11-24T10:00:00Z' }));
  expect((await send('POST', '/logs/', { body: lines })).status).toBe(201);
});

test('parameters of more than 512 KiB are too much', async () => {
  const { id } = (await send('POST', '/flows/', { body: { name: 'big' } })).json as { id: string };
  const answer = await send('POST', '/flow_runs/', { body: { flow_id: id, parameters: { x: 'y'.repeat(600_000) } } });
  expect(answer).toMatchObject({ status: 422, json: { code: 'INVALID_REQUEST', hint: expect.any(String) } });
});

describe('an id', () => {
  // A list of what belongs to a run that is not there is empty, as with Prefect.
  const byId = rows
    .filter(([key]) => !key.endsWith('/filter') && /\{(id|tag|id_or_name|flow_name|queue|worker)\}|name\/\{name\}/.test(key))
    .map(([key]) => key);
  const bodies: { [key: string]: unknown } = {
    'POST /flow_runs/{id}/set_state': { state: { type: 'RUNNING' } },
    'POST /task_runs/{id}/set_state': { state: { type: 'RUNNING' } },
    'POST /flow_runs/{id}/beat': { epoch: 1 },
    'POST /flow_runs/{id}/input': { key: 'k', value: '1' },
    'PUT /automations/{id}': { name: 'a', trigger: { type: 'event', posture: 'Reactive', threshold: 1, within: 0 }, actions: [] },
    'POST /deployments/{id}/schedules': [],
    'POST /deployments/{id}/backfill': { start_time: '2026-11-01T00:00:00Z', end_time: '2026-11-02T00:00:00Z' },
    'POST /deployments/{id}/create_flow_run/bulk': [],
    'PATCH /flows/{id}': { tags: [] },
    'PATCH /task_runs/{id}': { name: 'n' },
    'PUT /flow_runs/{id}/progress': { label: 'l', done: 1 },
    'PUT /bundles/{id}/chunks/{index}': { data: 'AAAA' },
    'POST /flow_runs/{id}/restart': { from_task_run_id: UNKNOWN },
  };
  const queries: { [key: string]: string } = { 'GET /flow_runs/{id}/restart': `?from_task_run_id=${UNKNOWN}` };
  const gone = { 'POST /v2/concurrency_limits/leases/{id}/renew': 410, 'POST /flow_runs/{id}/resume': 404 } as { [key: string]: number };

  test.each(byId)('of no record is 404: %s', async (key) => {
    const [method, path] = partsOf(key);
    const options = routes[key as keyof typeof routes] as Route;
    const answer = await send(method, `${fill(path, UNKNOWN)}${queries[key] ?? ''}`, options.body ? { body: bodies[key] ?? {} } : {});
    expectRefused(answer, key);
    expect(answer.status).toBe(gone[key] ?? 404);
  });

  test.each(byId)('that is none is refused: %s', async (key) => {
    const [method, path] = partsOf(key);
    const options = routes[key as keyof typeof routes] as Route;
    for (const value of ['x', '%00', '%F0%9F%99%82', "';--", 'a'.repeat(1500), '..%2f..', '%5C', '-1', 'null', 'undefined']) {
      const answer = await send(method, fill(path, value), options.body ? { body: bodies[key] ?? {} } : {});
      expectRefused(answer, `${key} ${value}`);
    }
  });
});

describe('a path', () => {
  test.each([
    ['that does not exist', 'GET', '/nothing', 404, 'ROUTE_NOT_FOUND'],
    ['that exists with another method, where it could be an id', 'GET', '/flows/filter/', 404, 'NOT_FOUND'],
    ['with a method that it has not', 'PUT', '/flows/', 405, 'METHOD_NOT_ALLOWED'],
    ['with a parameter and a method that it has not', 'PUT', `/flow_runs/${UNKNOWN}/set_state`, 405, 'METHOD_NOT_ALLOWED'],
    ['that is not well encoded', 'GET', '/flows/name/%', 404, 'ROUTE_NOT_FOUND'],
    ['with a broken character', 'GET', '/flows/name/%ff', 404, 'ROUTE_NOT_FOUND'],
    ['that is far too long', 'GET', `/flows/name/${'x'.repeat(5000)}`, 404, 'ROUTE_NOT_FOUND'],
  ])('%s', async (_name, method, path, status, code) => {
    const answer = await send(method, path);
    expectRefused(answer, path);
    expect(answer).toMatchObject({ status, json: { code } });
  });

  test('says which methods it has', async () => {
    expect((await send('PUT', '/flows/')).json).toMatchObject({ hint: 'Use POST.' });
    expect((await send('POST', `/flow_runs/${UNKNOWN}`)).json).toMatchObject({ hint: 'Use GET or PATCH or DELETE.' });
  });

  test('is the same with and without a slash at its end', async () => {
    for (const path of ['/flows/filter', '/flows/filter/', '/version', '/version/']) {
      expect((await send(path.startsWith('/flows') ? 'POST' : 'GET', path)).status, path).toBe(200);
    }
    expect((await send('POST', '/flows', { body: { name: 'slashless' } })).status).toBe(201);
  });

  test('is asked for its head as for itself', async () => {
    expect(await send('HEAD', '/version')).toMatchObject({ status: 200, text: '' });
    expect(await send('HEAD', `/flows/${UNKNOWN}`)).toMatchObject({ status: 404 });
  });
});

describe('a content type', () => {
  test.each([
    ['none', ''],
    ['JSON', 'application/json'],
    ['JSON with a character set', 'application/json; charset=utf-8'],
    ['something else', 'text/plain'],
    ['a form', 'application/x-www-form-urlencoded'],
  ])('%s: the body is read as JSON all the same', async (_name, type) => {
    const raw = JSON.stringify({ name: `typed-${type.replaceAll('/', '-')}` });
    const headers = type ? { 'content-type': type } : ({ 'content-type': undefined } as unknown as { [name: string]: string });
    const made = await send('POST', '/flows/', { raw, headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value)) });
    expect(made.status).toBe(201);
  });

  test('that is none at all is refused', async () => {
    expectRefused(await send('POST', '/flows/', { body: { name: 'x' }, headers: { 'content-type': 'nonsense' } }), 'nonsense');
  });
});

describe('a header', () => {
  test.each(['x', `${UNKNOWN}`, `${UNKNOWN}:`, `${UNKNOWN}:-1`, `${UNKNOWN}:1:2`, `${UNKNOWN}:99999999999`])(
    'X-Sluice-Lease: %s is refused',
    async (lease) => {
      const answer = await send('POST', '/flows/', { body: { name: 'leased' }, headers: { 'x-sluice-lease': lease } });
      expect(answer).toMatchObject({ status: 422, json: { code: 'INVALID_REQUEST' } });
    },
  );
});

test('the server is as well as before', async () => {
  expect((await send('GET', '/ready')).json).toEqual({ message: 'OK' });
});
