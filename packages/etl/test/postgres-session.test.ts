import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import type { PostgresClient } from '../src/postgres/connect.ts';
import { withSession } from '../src/postgres/session.ts';
import { openTestSource, type TestSource } from './support/postgres-source.ts';

let source: TestSource;
beforeAll(async () => {
  source = await openTestSource(inject('postgres'));
});
afterAll(() => source[Symbol.asyncDispose]());

const never = new AbortController().signal;
const pidOf = async (client: PostgresClient) => (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid;
const use = (url = source.url) => withSession(url, never, pidOf);
const isThere = async (pid: number | undefined) => (await source.sql(`select from pg_stat_activity where pid = ${pid}`)).rowCount === 1;

test('work finds the session of the work before it, when that led to the same place', async () => {
  const first = await use();
  expect(await use()).toBe(first);
  const elsewhere = new URL(source.url);
  elsewhere.searchParams.set('application_name', 'another');
  expect(await use(elsewhere.href)).not.toBe(first);
});

test('a session is closed a moment after its work', async () => {
  const pid = await use();
  await eventually(async () => expect(await isThere(pid)).toBe(false));
});

test('a session that the server has ended meanwhile is nobody’s trouble: there is a new one', async () => {
  const first = await use();
  await source.sql(`select pg_terminate_backend(${first})`);
  expect(await use()).not.toBe(first);
});

test('a session is not used again after work that failed', async () => {
  let pid: number | undefined;
  const fail = async (client: PostgresClient) => {
    pid = await pidOf(client);
    await client.query('begin');
    await client.query('select 1 / 0');
  };
  await expect(withSession(source.url, never, fail)).rejects.toThrow('division by zero');
  expect(await use()).not.toBe(pid);
});

test('two that work at the same time have a session each', async () => {
  const pids = await Promise.all([use(), use(), use()]);
  expect(new Set(pids).size).toBe(3);
});

test('an abort ends what a session that was used before does on the server', async () => {
  const controller = new AbortController();
  const first = await use();
  const started = Promise.withResolvers<void>();
  const work = withSession(source.url, controller.signal, async (client) => {
    expect(await pidOf(client)).toBe(first);
    const query = client.query('select pg_sleep(3600)');
    started.resolve();
    return await query;
  });
  await started.promise;
  controller.abort(new Error('enough'));
  await expect(work).rejects.toThrow();
  await eventually(async () => expect(await isThere(first)).toBe(false));
  expect(await use()).not.toBe(first);
});
