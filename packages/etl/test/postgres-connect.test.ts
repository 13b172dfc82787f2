import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { connectPostgres } from '../src/postgres/connect.ts';
import { begin } from '../src/postgres/transaction.ts';
import { openTestSource, type TestSource } from './support/postgres-source.ts';

let source: TestSource;
beforeAll(async () => {
  source = await openTestSource(inject('postgres'));
});
afterAll(() => source[Symbol.asyncDispose]());

const changed = (parts: Partial<Pick<URL, 'hostname' | 'port' | 'username' | 'password' | 'pathname'>>): string =>
  Object.assign(new URL(source.url), parts).href;

test.each([
  ['a port that nobody listens on', () => changed({ port: '1' }), /does not answer/],
  ['a host that does not exist', () => changed({ hostname: 'nowhere.invalid' }), /There is no host|does not answer/],
  ['a wrong password', () => changed({ password: 'se-cret' }), /does not let "sluice" in/],
  ['an unknown database', () => changed({ pathname: '/nothing' }), /has no database "nothing"/],
  ['a URL that is none', () => 'postgres://se-cret:x@host:port/x', /URL of the source cannot be read/],
])('%s is one sentence with a next step, without the password', async (_, url, sentence) => {
  const error = await connectPostgres(url()).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'SOURCE_UNREACHABLE', message: expect.stringMatching(sentence), hint: expect.stringMatching(/\.$/) });
  expect(`${(error as Error).message} ${JSON.stringify(error)}`).not.toMatch(/se-cret/);
});

test('a server without a free connection says so', async () => {
  await source.sql(`create role lonely_${process.pid} login password 'x' connection limit 0`);
  const url = changed({ username: `lonely_${process.pid}`, password: 'x' });
  await expect(connectPostgres(url)).rejects.toMatchObject({ message: expect.stringMatching(/no free connection/) });
  await source.sql(`drop role lonely_${process.pid}`);
});

test('a server that hangs up in the middle of a greeting is an error, not an endless wait', async () => {
  const server = createServer((socket) => socket.destroy());
  const port = await new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)));
  await expect(connectPostgres(`postgres://x@127.0.0.1:${port}/x`)).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE' });
  server.close();
});

test('the password may come from PGPASSWORD', async () => {
  const password = new URL(source.url).password;
  process.env['PGPASSWORD'] = password;
  try {
    await (await connectPostgres(changed({ password: '' }))).end();
  } finally {
    delete process.env['PGPASSWORD'];
  }
});

test('a transaction has our settings, whatever the role says otherwise, and the session has them not', async () => {
  await source.sql(`create role strange_${process.pid} login superuser password 'x';
    alter role strange_${process.pid} set timezone = 'Asia/Kathmandu'; alter role strange_${process.pid} set datestyle = 'German';
    alter role strange_${process.pid} set extra_float_digits = -15; alter role strange_${process.pid} set statement_timeout = '300ms'; alter role strange_${process.pid} set default_transaction_isolation = 'read committed'`);
  const client = await connectPostgres(changed({ username: `strange_${process.pid}`, password: 'x' }));
  const read = () =>
    client.query<{ text: string }>(
      `select row(timestamptz '2024-01-01', 0.1::float8, current_setting('row_security'))::text as text from pg_sleep(0.35)`,
    );
  await begin(client);
  expect((await read()).rows[0]?.text).toBe('("2024-01-01 00:00:00+00",0.1,off)');
  await client.query('rollback');
  await expect(read()).rejects.toThrow(/statement timeout/);
  await client.end();
  await source.sql(`drop role strange_${process.pid}`);
});

test('an abort ends a query on the server too', async () => {
  const controller = new AbortController();
  const client = await connectPostgres(source.url, { signal: controller.signal });
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const query = client.query('select pg_sleep(3600)');
  controller.abort();
  await expect(query).rejects.toThrow();
  for (;;) {
    const left = await source.sql(`select from pg_stat_activity where pid = ${rows[0]?.pid}`);
    if (left.rowCount === 0) break;
  }
});
