import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Told } from '@sluice/core/events/topics';
import { startTestServer, type TestServer } from '@sluice/server/testing';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Client } from './client-over.ts';
import { createClient } from './create-client.ts';
import { followEvents } from './events.ts';

let server: TestServer;
let client: Client;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  client = createClient({ apiUrl: server.url });
});
afterAll(async () => {
  await client.close();
  await server.stop();
});

/** Passes everything on, and breaks each connection of a stream when it has passed on so many bytes. */
async function startBreaker(bytes: number) {
  const { hostname, port } = new URL(server.url);
  let broken = 0;
  const between = createServer((incoming, answer) => {
    const { method, headers, url: path } = incoming;
    const onward = request({ hostname, port, method, headers, path, agent: false }, (response) => {
      answer.writeHead(response.statusCode ?? 500, response.headers);
      let left = bytes;
      response.on('data', (chunk: Buffer) => {
        answer.write(chunk.subarray(0, left));
        left -= chunk.length;
        if (left > 0) return;
        broken++;
        answer.socket?.end();
        onward.destroy();
      });
      response.on('error', () => {});
      answer.on('close', () => onward.destroy());
    });
    onward.on('error', () => answer.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(between.address() as AddressInfo).port}/api`,
    broken: () => broken,
    [Symbol.asyncDispose]: async () => {
      between.closeAllConnections();
      await new Promise((resolve) => between.close(resolve));
    },
  };
}

const logLines = (run: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({
    name: 'n',
    level: 20,
    message: `line ${index}`,
    timestamp: new Date(index).toISOString(),
    flow_run_id: run,
  }));

test('each event is told once, however often the connection breaks, in the middle of an event too', async () => {
  await using breaker = await startBreaker(20_011);
  const far = createClient({ apiUrl: breaker.url, patienceSeconds: 60 });
  const { id: flow_id } = await client.request('POST /flows/', { body: { name: 'broken' } });
  const { id } = await client.request('POST /flow_runs/', { body: { flow_id } });
  const stop = new AbortController();
  const told: Told[] = [];
  for await (const each of followEvents(far, { topics: ['log', 'flow_run'], flow_run_id: id }, stop.signal)) {
    told.push(each);
    if (each.topic === 'ready') {
      for (let part = 0; part < 4; part++) await client.request('POST /logs/', { body: logLines(id, 100) });
      await client.request('POST /flow_runs/{id}/set_state', { params: { id }, body: { state: { type: 'COMPLETED' } } });
    }
    if (each.topic === 'flow_run') stop.abort();
  }
  expect(breaker.broken()).toBeGreaterThan(2);
  const lines = told.flatMap((each) => (each.topic === 'log' ? each.data : []));
  expect(new Set(lines.map((each) => each.id)).size).toBe(400);
  expect(lines).toHaveLength(400);
  await far.close();
});

test('a server that has no stream, or is not there, is told of at once', async () => {
  await using breaker = await startBreaker(Number.POSITIVE_INFINITY);
  const none = createClient({ apiUrl: `${breaker.url}/none` });
  await expect(followEvents(none, {}, AbortSignal.timeout(60_000)).next()).rejects.toMatchObject({ code: 'ROUTE_NOT_FOUND' });
  const nobody = createClient({ apiUrl: 'http://127.0.0.1:1/api' });
  await expect(followEvents(nobody, {}, AbortSignal.timeout(60_000)).next()).rejects.toMatchObject({ code: 'API_UNREACHABLE' });
});
