import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Route } from '@sluice/core/api/route';
import { routes } from '@sluice/core/api/routes';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const KEY = 'k-0123456789abcdef';
let open: TestServer;
let keyed: TestServer;
let basic: TestServer;

beforeAll(async () => {
  [open, keyed, basic] = await Promise.all([
    startTestServer(inject('postgres')),
    startTestServer(inject('postgres'), { api_key: KEY }),
    startTestServer(inject('postgres'), { auth_string: 'ada:pass:word' }),
  ]);
});
afterAll(() => Promise.all([open.stop(), keyed.stop(), basic.stop()]));

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const userAndPassword = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

/** A request that its route takes or refuses by itself, once the caller is let in. Nothing waits and nothing is kept. */
const pathOf = (key: string) => (key.split(' ')[1] ?? '').replaceAll(/\{\w+\}/g, 'x');

/** Whoever comes with the same wrong key again and again is slowed from the 200th time on: more routes than that have two servers. */
const doors: TestServer[] = [];
beforeAll(async () => {
  doors.push(...(await Promise.all([1, 2].map(() => startTestServer(inject('postgres'), { api_key: KEY })))));
});
afterAll(() => Promise.all(doors.map((door) => door.stop())));

describe.each((Object.entries(routes) as [string, Route][]).map(([key, route], index) => ({ key, route, door: index % 2 })))('$key', (each) => {
  const { key, route, door } = each;
  const [method = ''] = key.split(' ');

  test('is answered to whom it may be', async () => {
    const url = doors[door]?.url ?? '';
    const send = (headers: { [name: string]: string }) => call(url, method, pathOf(key), { ...(route.body && { raw: '[' }), headers });
    const [nobody, wrong, right] = await Promise.all([send({}), send(bearer('wrong')), send(bearer(KEY))]);
    expect(right.status).not.toBe(401);
    if (route.open) expect([nobody.status, wrong.status]).toEqual([200, 200]);
    else {
      expect(nobody).toMatchObject({
        status: 401,
        json: { code: 'UNAUTHORIZED', exception_message: 'Unauthorized', detail: 'The server asks for a key.' },
      });
      expect(wrong).toMatchObject({
        status: 401,
        json: { code: 'UNAUTHORIZED', exception_message: 'Unauthorized', detail: 'The server does not know this key.' },
      });
    }
  });
});

test.each([
  ['a flow with the name of an open path', 'GET', '/flows/name/health'],
  ['the same with a slash', 'GET', '/flows/name/health/'],
  ['a deployment called so', 'GET', '/deployments/name/flow/ready'],
  ['an open path behind another', 'GET', '/flows/health'],
  ['an open path as a query', 'GET', '/flow_run_states/?x=/api/health'],
  ['an open path with dots', 'GET', '/health/../admin/version'],
  ['an open path with encoded dots', 'GET', '/health/%2e%2e/admin/version'],
  ['another case', 'GET', '/HEALTH'],
  ['a double slash', 'GET', '//api//health'],
  ['an open path with another method', 'POST', '/health'],
  ['a path that does not exist', 'GET', '/nothing/health'],
  ['no path of the API at all', 'GET', '//api'],
])('%s is not open: %s %s', async (_name, method, path) => {
  const { status, text } = await call(keyed.url, method, path);
  expect(status).toBe(401);
  expect(text).not.toContain('3.9');
});

test('open routes are open in all their spellings', async () => {
  for (const path of ['/health', '/health/', '/health?x=1']) expect((await call(keyed.url, 'GET', path)).status).toBe(200);
  expect((await call(keyed.url, 'HEAD', '/ready')).status).toBe(200);
});

describe('a key', () => {
  test.each([
    ['as it is', bearer(KEY), 200],
    ['with another case of the scheme', { authorization: `bearer ${KEY}` }, 200],
    ['cut short', bearer(KEY.slice(0, -1)), 401],
    ['with more behind it', bearer(`${KEY}x`), 401],
    ['and another word', bearer(`${KEY} more`), 401],
    ['empty', bearer(''), 401],
    ['without a scheme', { authorization: KEY }, 401],
    ['as basic authentication', userAndPassword(KEY), 401],
    ['in the URL only', {}, 401],
  ])('%s', async (_name, headers, status) => {
    expect((await call(keyed.url, 'GET', `/version?key=${KEY}`, { headers })).status).toBe(status);
  });

  test('with spaces in it is a key like any other', async () => {
    await using server = await startTestServer(inject('postgres'), { api_key: 'two words' });
    expect((await call(server.url, 'GET', '/version', { headers: bearer('two words') })).status).toBe(200);
    expect((await call(server.url, 'GET', '/version', { headers: bearer('two') })).status).toBe(401);
  });

  test('as user and password, which may hold colons', async () => {
    const send = (headers: { [name: string]: string }) => call(basic.url, 'GET', '/version', { headers });
    expect((await send(userAndPassword('ada:pass:word'))).status).toBe(200);
    expect((await send(userAndPassword('ada:pass'))).status).toBe(401);
    expect((await send(userAndPassword('ada'))).status).toBe(401);
    expect((await send(bearer('ada:pass:word'))).status).toBe(401);
    expect((await send({ authorization: 'Basic ***' })).status).toBe(401);
  });

  test.each([
    ['no key', {}, 'asks for a user and password.'],
    ['a wrong user', userAndPassword('eve:pass:word'), 'does not know this user and password.'],
    ['a key', bearer('ada:pass:word'), 'asks for a user and password, not for a key.'],
  ])('what is asked for is told to who sends %s, in words and for a form', async (_name, headers, said) => {
    expect(await call(basic.url, 'GET', '/version', { headers })).toMatchObject({
      status: 401,
      json: { detail: `The server ${said}`, exception_detail: ['basic'] },
    });
  });

  test('a server that takes both asks for either', async () => {
    await using server = await startTestServer(inject('postgres'), { api_key: KEY, auth_string: 'ada:pass' });
    expect((await call(server.url, 'GET', '/version')).json).toMatchObject({
      detail: 'The server asks for a key, or for a user and password.',
      exception_detail: ['key', 'basic'],
    });
    for (const headers of [bearer(KEY), userAndPassword('ada:pass')])
      expect((await call(server.url, 'GET', '/version', { headers })).status).toBe(200);
  });
});

describe('a server without a key', () => {
  const read = (headers: { [name: string]: string }) => call(open.url, 'GET', '/version', { headers });
  const host = () => `127.0.0.1:${open.server.port}`;

  test.each(['localhost', 'LOCALHOST:4200', '127.0.0.1', '127.1.2.3:80', '[::1]:4200'])('answers as %s', async (name) => {
    expect((await read({ host: name })).status).toBe(200);
  });

  test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'evil.example:4200', '192.0.2.1', 'x@localhost', '[::2]'])(
    'does not answer as %s, which a page could have pointed to this machine',
    async (name) => {
      expect(await read({ host: name })).toMatchObject({ status: 401, json: { code: 'UNAUTHORIZED', hint: expect.any(String) } });
      expect((await call(open.url, 'GET', '/health', { headers: { host: name } })).status).toBe(401);
    },
  );

  test.each(['https://evil.example', 'http://localhost:1', 'null', 'file://'])('is not used by pages of %s', async (origin) => {
    expect(await read({ origin })).toMatchObject({ status: 401, json: { code: 'UNAUTHORIZED' } });
    const made = await call(open.url, 'POST', '/flows/', { body: { name: 'by-a-page' }, headers: { origin, 'content-type': 'text/plain' } });
    expect(made.status).toBe(401);
    expect((await call(open.url, 'GET', '/flows/name/by-a-page')).status).toBe(404);
  });

  test('is used by its own page', async () => {
    expect((await read({ origin: `http://${host()}`, host: host() })).status).toBe(200);
  });

  test('tells a browser that other pages may not read it', async () => {
    const answer = await call(open.url, 'OPTIONS', '/flows/', {
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });
});

test('a server with a key may be reached under any name, but not by pages of others', async () => {
  const send = (headers: { [name: string]: string }) => call(keyed.url, 'GET', '/version', { headers: { ...bearer(KEY), ...headers } });
  expect((await send({ host: 'sluice.example' })).status).toBe(200);
  expect((await send({ host: 'sluice.example', origin: 'https://sluice.example' })).status).toBe(200);
  expect((await send({ host: 'sluice.example', origin: 'https://evil.example' })).status).toBe(401);
});

describe('whoever tries key after key', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer(inject('postgres'), { api_key: KEY });
  });
  afterAll(() => server.stop());

  const ask = (headers: { [name: string]: string }) => call(server.url, 'GET', '/version', { headers });
  const logged = async () =>
    (await readFile(join(server.home, 'logs', 'server.log'), 'utf8')).split('\n').filter((line) => line.includes('wrong key'));

  test('is slowed, and told when to come again, while the right key is answered as ever', async () => {
    const statuses: number[] = [];
    for (let guess = 0; guess < 24; guess++) {
      const { status, headers, json } = await ask(bearer(`guess-${guess}`));
      statuses.push(status);
      if (status === 429) {
        expect(json).toMatchObject({
          code: 'TOO_MANY_REQUESTS',
          detail: 'Too many wrong keys came from 127.0.0.1.',
          hint: expect.stringContaining('SLUICE_API_KEY'),
        });
        expect(Number(headers['retry-after'])).toBe(guess - 19);
      }
      expect((await ask(bearer(KEY))).status).toBe(200);
    }
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 401), ...Array.from({ length: 4 }, () => 429)]);
  });

  test('is held back the longer the more it tries', async () => {
    const started = performance.now();
    await Promise.all(Array.from({ length: 20 }, (_, guess) => ask(userAndPassword(`u:${guess}`))));
    // Twenty more guesses at once: the last of them waits twenty times 50 ms, and more for those before.
    expect(performance.now() - started).toBeGreaterThan(900);
  });

  test('stands in one line of the log, whatever else it tries', async () => {
    expect(await logged()).toHaveLength(1);
    expect(JSON.parse((await logged())[0] ?? '')).toMatchObject({ address: '127.0.0.1' });
    expect((await logged())[0]).not.toContain('guess-');
  });
});

test('one wrong key again and again, as of a worker that has an old one, is told so for long', async () => {
  await using server = await startTestServer(inject('postgres'), { api_key: KEY });
  const ask = () => call(server.url, 'GET', '/version', { headers: bearer('old-key') });
  for (let time = 0; time < 150; time++) expect((await ask()).status).toBe(401);
  for (let time = 0; time < 60; time++) await ask();
  expect((await ask()).status).toBe(429);
});

test('a request without a key is no guess', async () => {
  await using server = await startTestServer(inject('postgres'), { api_key: KEY });
  for (let time = 0; time < 40; time++) expect((await call(server.url, 'GET', '/version')).status).toBe(401);
});

test('answers are for nobody to keep, and for no browser to take for something else', async () => {
  const answers = await Promise.all([
    call(open.url, 'GET', '/version'),
    call(open.url, 'GET', '/nothing'),
    call(open.url, 'GET', '/flows/name/%'),
    call(open.url, 'POST', '/flows/', { raw: '[' }),
    call(open.url, 'POST', '/flows/', { raw: JSON.stringify('x'.repeat(3_000_000)) }),
    call(keyed.url, 'GET', '/version'),
    call(open.url, 'GET', '/version', { headers: { host: 'evil.example' } }),
    call(open.url.replace('/api', ''), 'GET', '/openapi.json'),
  ]);
  for (const { headers, status } of answers) {
    expect(headers, String(status)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
  }
});
