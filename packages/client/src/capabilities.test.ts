import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startTestServer, type TestServer } from '@sluice/server/testing';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startRecorder } from '../../../tests/support/recorder.ts';
import { createClient } from './create-client.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
});
afterAll(() => server.stop());

/** A server that is not ours; `status` is that of its next answers to GET /health. */
async function startStranger(health: { status: number }) {
  const asked: string[] = [];
  const stranger = createServer(({ method, url }, answer) => {
    asked.push(`${method} ${url}`);
    if (url === '/api/health') answer.writeHead(health.status).end('true');
    else answer.writeHead(404, { 'content-type': 'application/json' }).end('{"detail":"Not Found"}');
  });
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(stranger.address() as AddressInfo).port}/api`,
    asked,
    [Symbol.asyncDispose]: async () => {
      stranger.closeAllConnections();
      await new Promise((resolve) => stranger.close(resolve));
    },
  };
}

test('a server of ours has our routes, as each of its answers tells, also one that refuses', async () => {
  await using recorder = await startRecorder(server.url);
  const client = createClient({ apiUrl: recorder.url });
  await expect(client.request('GET /flows/{id}', { params: { id: crypto.randomUUID() } })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await client.capabilities()).toEqual({ ourRoutes: true });
  expect(await client.with({ 'x-other': '1' }).capabilities()).toEqual({ ourRoutes: true });
  expect(recorder.asked).toHaveLength(1);
  await client.close();
});

test('who asks before any answer has come asks the server, once for all clients of a connection', async () => {
  await using recorder = await startRecorder(server.url);
  const client = createClient({ apiUrl: recorder.url });
  for (const each of [client.with({ 'x-other': '1' }), client, client]) expect(await each.capabilities()).toEqual({ ourRoutes: true });
  expect(recorder.asked).toEqual(['GET /api/health']);
  await client.close();
});

test('a server that is not ours has none of our routes, and a missing one is told with that', async () => {
  await using stranger = await startStranger({ status: 200 });
  const client = createClient({ apiUrl: stranger.url });
  for (let time = 0; time < 2; time++) expect(await client.capabilities()).toEqual({ ourRoutes: false });
  expect(stranger.asked).toEqual(['GET /api/health']);
  await expect(client.request('GET /admin/status')).rejects.toMatchObject({
    code: 'NOT_FOUND',
    hint: expect.stringContaining('not a Sluice server'),
  });
  await client.close();
});

test('a question that failed is asked again', async () => {
  const health = { status: 500 };
  await using stranger = await startStranger(health);
  const client = createClient({ apiUrl: stranger.url });
  await expect(client.capabilities()).rejects.toMatchObject({ code: 'INTERNAL' });
  health.status = 200;
  expect(await client.capabilities()).toEqual({ ourRoutes: false });
  await client.close();
});

test('a stranger that is too busy for a moment is asked again, as its own clients do', async () => {
  const health = { status: 503 };
  await using stranger = await startStranger(health);
  const client = createClient({ apiUrl: stranger.url });
  const told = client.capabilities();
  await expect.poll(() => stranger.asked.length).toBeGreaterThan(1);
  health.status = 200;
  expect(await told).toEqual({ ourRoutes: false });
  await client.close();
});
