import { createServer as createHttpServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { createClient, pageAll } from '@sluice/client';
import { startTestServer } from '@sluice/server/testing';
import { uuidv7 } from 'uuidv7';
import { expect, inject, test, vi } from 'vitest';
import { LogShipper, levelOf } from '../src/logs/logging.ts';

vi.spyOn(process.stdout, 'write').mockReturnValue(true);

async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

const source = () => ({ name: 'sluice.flow_runs', label: 'Flow run', flow_run_id: uuidv7(), task_run_id: null });
const reader = (client: ReturnType<typeof createClient>, id: string) => async () => {
  const logs = { flow_run_id: { any_: [id] } };
  return pageAll((page) => client.request('POST /logs/filter', { body: { logs, sort: 'TIMESTAMP_ASC', ...page } }));
};

test('lines are stored in their order, and none is lost while the server is away', async () => {
  const port = await freePort();
  const client = createClient({ apiUrl: `http://127.0.0.1:${port}/api` });
  const shipper = new LogShipper(client, levelOf('INFO'));
  const from = source();
  const log = shipper.logger(from);
  const read = reader(client, from.flow_run_id);
  for (let line = 0; line < 700; line++) log.info(`line ${line}`);
  await shipper.flush(); // nobody is there
  log.warn('and one', { more: { than: [1] }, text: 'x' });
  await using _server = await startTestServer(inject('postgres'), { port });
  await shipper.flush();
  const lines = await read();
  expect(lines.map(({ message }) => message)).toEqual([...Array.from({ length: 700 }, (_, n) => `line ${n}`), 'and one more={"than":[1]} text=x']);
  expect(new Set(lines.map(({ level }) => level))).toEqual(new Set([20, 30]));

  // A line that is too long is cut, and many that are together too much go in parts.
  log.info('long'.repeat(300_000));
  for (let line = 0; line < 9; line++) log.info(String(line).repeat(999_999));
  log.debug('below the level');
  log.info('a NUL \0 in it');
  await shipper.flush();
  const more = (await read()).slice(701);
  expect(more.map(({ message }) => Buffer.byteLength(message))).toEqual([999_990, ...Array(9).fill(999_999), 15]);
  expect(more[0]?.message).toMatch(/long … \(200048 more characters were cut\)$/);
  await client.close();
});

test('a line is stored once, also when the answer to it got lost and it was sent again', async () => {
  await using server = await startTestServer(inject('postgres'));
  let lost = 0;
  const { port, hostname } = new URL(server.url);
  const between = createHttpServer((incoming, answer) => {
    const { method, headers, url: path } = incoming;
    const onward = request({ hostname, port, method, headers, path }, (response) => {
      if (path?.endsWith('/logs/') && lost++ === 0) response.resume().on('end', () => answer.destroy());
      else response.pipe(answer.writeHead(response.statusCode ?? 500, response.headers));
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
  const far = createClient({ apiUrl: `http://127.0.0.1:${(between.address() as AddressInfo).port}/api`, patienceSeconds: 60 });
  const near = createClient({ apiUrl: server.url });
  const shipper = new LogShipper(far, levelOf('INFO'));
  const from = source();
  shipper.logger(from).info('once');
  await shipper.flush();
  expect(lost).toBe(2);
  expect((await reader(near, from.flow_run_id)()).map(({ message }) => message)).toEqual(['once']);
  await Promise.all([far.close(), near.close()]);
  between.closeAllConnections();
  between.close();
});

test('to log never fails, whatever the line and its fields are', () => {
  const client = createClient({ apiUrl: 'http://127.0.0.1:1/api' });
  const log = new LogShipper(client, levelOf('INFO')).logger(source());
  const written = vi.mocked(process.stdout.write);
  written.mockClear();
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  const refuses = (): never => {
    throw new Error('a trap');
  };
  const trap = new Proxy({}, { get: refuses, ownKeys: refuses });
  for (const [line, fields] of [
    [{ a: 1 }, undefined],
    [Symbol('s'), undefined],
    [null, undefined],
    ['big', { n: 1n, at: new Date(0) }],
    ['circle', circle],
    ['trap', trap],
    [
      'in a trap',
      {
        trap,
        get a() {
          return refuses();
        },
      },
    ],
    ['no fields', 7],
    ['null', null],
  ] as const)
    log.info(line as string, fields as unknown as object);
  const lines = written.mock.calls.map(([text]) => String(text).trim().split(' - ')[1]);
  expect(lines).toEqual([
    '{ a: 1 }',
    'Symbol(s)',
    'null',
    'big n=1n at=1970-01-01T00:00:00.000Z',
    expect.stringMatching(/^circle self=<ref \*1> \{ self: \[Circular \*1\] \}$/),
    expect.stringMatching(/^trap /),
    expect.stringMatching(/^in a trap /),
    'no fields',
    'null',
  ]);
});
