import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Call, call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const MIB = 1024 * 1024;
const RUNS = 16;
const LIMITS = { headersMs: 500, requestMs: 1000, stallMs: 500, connections: 60, requests: 40, bytes: 24 * MIB };
let server: TestServer;
let port: number;
/** A run that never ends: waiting for it is a long poll. */
let run: string;

const send = (method: string, path: string, options?: Call) => call(server.url, method, path, options);

beforeAll(async () => {
  server = await startTestServer(inject('postgres'), {}, { limits: LIMITS });
  port = server.server.port;
  const flow_id = ((await send('POST', '/flows/', { body: { name: 'f' } })).json as { id: string }).id;
  run = ((await send('POST', '/flow_runs/', { body: { flow_id } })).json as { id: string }).id;
  for (let index = 0; index < RUNS; index++) {
    const { status } = await send('POST', '/flow_runs/', { body: { flow_id, parameters: { x: 'x'.repeat(500_000) } } });
    expect(status).toBe(201);
  }
});
afterAll(() => server.stop());

const headOf = (method: string, path: string, length: number) =>
  `${method} /api${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;

async function open(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** However it is closed: who writes to a closed connection is told so by an error. */
const closing = (socket: Socket) => new Promise<void>((resolve) => (socket.closed ? resolve() : socket.once('close', () => resolve())));

/** What a server says on a connection until it closes that. */
async function untilClosed(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += String(chunk);
  });
  await closing(socket);
  return text;
}

const ready = async () => expect((await send('GET', '/ready')).status).toBe(200);

async function untilStatus(wanted: number): Promise<void> {
  for (;;) if ((await send('GET', '/ready')).status === wanted) return;
}
const untilReady = () => untilStatus(200);

describe('a request that does not come in time is ended', () => {
  test.each([
    ['without a word', ''],
    ['in the middle of its head', `POST /api/flows/ HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow:`],
    ['before its body', headOf('POST', '/flows/', 100)],
    ['in the middle of its body', `${headOf('POST', '/flows/', 100)}{"name":`],
    ['in the middle of a body without a length', `POST /api/flows/ HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"nam`],
  ])('%s', async (_when, text) => {
    const socket = await open();
    socket.write(text);
    expect(await untilClosed(socket)).toMatch(/^HTTP\/1\.1 408 .*"code":"TIMED_OUT"/s);
    await ready();
  });

  test('also when a letter comes now and then', async () => {
    const socket = await open();
    socket.write(headOf('POST', '/flows/', 100_000));
    const drip = setInterval(() => socket.write('{'), 50);
    expect(await untilClosed(socket)).toContain('408');
    clearInterval(drip);
  });

  test('what is no request at all is told so', async () => {
    const socket = await open();
    socket.write('hello\r\n\r\n');
    expect(await untilClosed(socket)).toMatch(/^HTTP\/1\.1 400 .*"code":"INVALID_REQUEST"/s);
    const large = await open();
    large.write(`GET /api/ready HTTP/1.1\r\nhost: 127.0.0.1\r\nx: ${'x'.repeat(40_000)}\r\n\r\n`);
    expect(await untilClosed(large)).toMatch(/^HTTP\/1\.1 431 /);
  });
});

test('a client that does not read its answers is cut off, also when it goes on sending', async () => {
  const body = JSON.stringify({ limit: 200 });
  const socket = await open();
  socket.pause();
  // One behind the other, and far more together than the kernel holds for a connection.
  const asked = 15;
  socket.write((headOf('POST', '/flow_runs/filter', body.length) + body).repeat(asked));
  // Empty lines may stand before a request. One that is sent to a connection that is no more is answered with its end.
  const drip = setInterval(() => socket.write('\r\n'), 20);
  await closing(socket);
  clearInterval(drip);
  expect(socket.bytesRead).toBeLessThan(asked * RUNS * 500_000);
  await ready();
});

test('a client that reads slowly, but does, has all of it', async () => {
  const body = JSON.stringify({ limit: 200 });
  const socket = await open();
  socket.write(headOf('POST', '/flow_runs/filter', body.length) + body);
  let bytes = 0;
  let tail = '';
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    tail = (tail + chunk.toString('latin1')).slice(-7);
    if (tail.endsWith(']\r\n0\r\n\r\n'.slice(-7))) break;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect(bytes).toBeGreaterThan(RUNS * 500_000);
  socket.destroy();
});

test('a long poll is answered when its time is over, which is longer than any of these deadlines', async () => {
  const { status, json } = await send('POST', '/flow_runs/wait', { body: { ids: [run], since: {}, wait_seconds: 0 } });
  expect(status).toBe(200);
  const [{ state_id } = { state_id: '' }] = (json as { flow_runs: { state_id: string }[] }).flow_runs;
  const waited = await send('POST', '/flow_runs/wait', { body: { ids: [run], since: { [run]: state_id }, wait_seconds: 3 } });
  expect(waited).toMatchObject({ status: 200, json: { flow_runs: [], done: false } });
});

test('requests beyond what an address may have under way are told to come again, and those under way are answered', async () => {
  const { json } = await send('GET', `/flow_runs/${run}`);
  const body = JSON.stringify({ ids: [run], since: { [run]: (json as { state_id: string }).state_id }, wait_seconds: 60 });
  const poll = async () => {
    const socket = await open();
    // A connection that is refused may be reset before its answer is read.
    const answer = Promise.race([once(socket, 'data').then(([chunk]) => String(chunk)), closing(socket).then(() => 'reset')]);
    socket.write(headOf('POST', '/flow_runs/wait', body.length) + body);
    return { socket, answer };
  };
  // More than may be: whichever comes last is refused. One that came too late, as the machine stood still, has another in its place.
  const polls = await Promise.all(Array.from({ length: LIMITS.requests + 5 }, poll));
  while ((await send('GET', '/ready')).status !== 429) polls.push(await poll());
  expect(await send('GET', '/ready')).toMatchObject({
    headers: { 'retry-after': '1' },
    json: { code: 'TOO_MANY_REQUESTS', detail: 'Too many requests of this address are open.', hint: expect.any(String) },
  });
  for (const { socket } of polls.slice(0, 10)) socket.destroy();
  await untilReady();
  const state = { type: 'RUNNING' };
  expect((await send('POST', `/flow_runs/${run}/set_state`, { body: { state } })).status).toBe(201);
  const answers = await Promise.all(polls.slice(10).map(({ answer }) => answer));
  expect(answers.filter((text) => text.startsWith('HTTP/1.1 200')).length).toBeGreaterThan(20);
  expect(answers.every((text) => /^(HTTP\/1\.1 (200|408|429) |reset$)/.test(text))).toBe(true);
  for (const { socket } of polls) socket.destroy();
});

test('connections beyond what an address may have are refused in a sentence, and there is room again when some are gone', async () => {
  const sockets = await Promise.all(Array.from({ length: LIMITS.connections + 10 }, open));
  const refused = await Promise.all(sockets.slice(LIMITS.connections).map(untilClosed));
  expect(refused.some((text) => /^HTTP\/1\.1 429 .*"code":"TOO_MANY_REQUESTS"/s.test(text))).toBe(true);
  for (const socket of sockets) socket.destroy();
  await untilReady();
});

test('bodies that are held are bounded for an address as a whole', async () => {
  const part = '['.padEnd(1_900_000, ' ');
  const sockets = await Promise.all(
    Array.from({ length: 30 }, async () => {
      const socket = await open();
      socket.write(headOf('POST', '/flow_runs/', 2_000_000) + part);
      return socket;
    }),
  );
  const said = await Promise.all(sockets.map(untilClosed));
  expect(said.filter((text) => text.startsWith('HTTP/1.1 429')).length).toBeGreaterThan(5);
  expect(said.filter((text) => text.startsWith('HTTP/1.1 408')).length).toBeGreaterThan(2);
  await untilReady();
});
