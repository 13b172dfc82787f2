import { REPLIES } from '@sluice/core/api/replies';
import type { Route } from '@sluice/core/api/route';
import { type RouteKey, routes } from '@sluice/core/api/routes';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Call, call } from '../testing/http-call.ts';
import { makeSampleRecords, type SampleRecords } from '../testing/sample-records.ts';
import { type SampleRequest, sampleRequests, toCall } from '../testing/sample-requests.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let records: SampleRecords;

const send = (method: string, path: string, options?: Call) => call(server.url, method, path, options);

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  records = await makeSampleRecords(send);
});
afterAll(() => server.stop());

const keys = Object.keys(routes) as RouteKey[];
/** Routes that leave the records of the samples where they are. */
const lasting = keys.filter((key) => !key.startsWith('DELETE'));
const sample = (key: RouteKey) => sampleRequests(records)[key] as SampleRequest;
const ask = (key: RouteKey, request: SampleRequest = sample(key)) => {
  const { method, path, options } = toCall(key, request);
  return send(method, path, options);
};

describe('whatever a route is sent', () => {
  const HOSTILE = [
    '',
    '\0',
    '\u0000a',
    '\ud800',
    '🙂',
    "'; drop table flow; --",
    '\\',
    '%',
    '_',
    '"',
    '{}',
    '{NULL}',
    '{"a",b}',
    'NaN',
    'Infinity',
    '-infinity',
    'null',
    '__proto__',
    'constructor',
    '../../etc/passwd',
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '999999-01-01',
    '1e400',
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    'x'.repeat(3000),
    'tag:',
    '\u202e',
    'a b',
    'İ',
    'ß',
  ];
  const hostile = fc.oneof(
    fc.constantFrom<unknown>(...HOSTILE),
    fc.constantFrom<unknown>(0, -1, 1, 0.5, 2_147_483_647, 2_147_483_648, 9_007_199_254_740_992, 1e308, -1e308, 1e-308, true, false, null),
    fc.constantFrom<unknown>([], {}, [[]], [null], [''], { a: null }, { any_: [] }, { any_: ['\\'] }, { type: 'RUNNING' }, { type: 'SCHEDULED' }),
    fc.string({ maxLength: 20 }),
  );

  /** All places of a value where something else can stand, as paths. */
  function places(value: unknown, path: (string | number)[] = []): (string | number)[][] {
    if (typeof value !== 'object' || value === null) return [path];
    return [path, ...Object.entries(value).flatMap(([key, inner]) => places(inner, [...path, Array.isArray(value) ? Number(key) : key]))];
  }

  function replace(value: unknown, [first, ...rest]: (string | number)[], by: unknown): unknown {
    if (first === undefined) return by;
    const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as { [key: string | number]: unknown };
    copy[first] = replace(copy[first], rest, by);
    return copy;
  }

  test('it answers, and never with a fault of its own', async () => {
    const mutation = fc.record({ key: fc.constantFrom(...lasting), picks: fc.array(fc.tuple(fc.nat(), hostile), { minLength: 1, maxLength: 3 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 8, maxLength: 8 }), async (mutations) => {
        await Promise.all(
          mutations.map(async ({ key, picks }) => {
            const request = picks.reduce<unknown>((value, [pick, by]) => {
              const open = places(value).filter((path) => path[0] !== 'headers' && (path.length > 1 || path[0] === 'body'));
              const place = open[pick % Math.max(1, open.length)];
              return place ? replace(value, place, place[0] === 'body' ? by : String(by)) : value;
            }, sample(key)) as SampleRequest;
            const answer = await ask(key, asTexts(request));
            expect(answer.status, `${key} ${JSON.stringify(request).slice(0, 1500)} -> ${answer.text.slice(0, 500)}`).toBeLessThan(500);
          }),
        );
      }),
      { numRuns: 250, seed: 1 },
    );
    expect((await send('GET', '/ready')).status).toBe(200);
    // What the records of the samples lost by it is made again.
    await server.stop();
    server = await startTestServer(inject('postgres'));
    records = await makeSampleRecords(send);
  });

  /** Paths and queries are texts on the wire, and hold no half of a surrogate pair. */
  function asTexts({ params, query, body, headers }: SampleRequest): SampleRequest {
    const texts = (part: { readonly [name: string]: unknown } | undefined) =>
      Object.fromEntries(Object.entries(part ?? {}).map(([name, value]) => [name, String(value).toWellFormed()]));
    return { params: texts(params), query: texts(query), ...(body !== undefined && { body }), ...(headers && { headers }) };
  }
});

describe('a good request', () => {
  // What ends records comes last, and what others need last of all.
  const ending = ['POST /v2/concurrency_limits/decrement-with-lease', 'DELETE /task_runs/{id}', 'DELETE /work_pools/{name}/queues/{queue}'];
  const needed = ['DELETE /flow_runs/{id}', 'DELETE /work_pools/{name}', 'DELETE /deployments/{id}', 'DELETE /flows/{id}'];
  const rank = (key: string) => (needed.includes(key) ? 3 : ending.includes(key) ? 1 : key.startsWith('DELETE') ? 2 : 0);
  const inOrder = keys.toSorted((a, b) => rank(a) - rank(b) || needed.indexOf(a) - needed.indexOf(b));

  test.each(inOrder)('%s', async (key) => {
    const route = routes[key] as Route;
    const answer = await ask(key);
    if (route.reply === 'socket') return expect(answer).toMatchObject({ status: 426, json: { code: 'UPGRADE_REQUIRED' } });
    if (key === 'GET /csrf-token') return expect(answer).toMatchObject({ status: 422, json: { detail: 'CSRF protection is disabled.' } });
    expect(answer.text.slice(0, 500), key).not.toContain('"code"');
    // Two that exist already say so.
    const there = key === 'POST /flow_runs/{id}/resume' || (key === 'POST /task_runs/{id}/set_state' && answer.status === 200);
    expect(answer.status, key).toBe(there ? 200 : (route.status ?? 200));
    if (route.status === 204) return expect(answer.text).toBe('');
    if (route.reply === 'stream') expect(answer.text).toMatch(/^id: \S+\nevent: ready\ndata: \{\}\n\n/);
    const isJson = (route.reply ?? 'json') === 'json';
    const parsed = route.ok.safeParse(isJson ? (answer.json ?? undefined) : answer.text);
    if (answer.text !== 'null') expect(parsed.error?.issues ?? [], 'the answer is what the contract says').toEqual([]);
    return expect(answer.headers['content-type']).toBe(`${REPLIES[route.reply ?? 'json']}; charset=utf-8`);
  });
});
