import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { planJob } from '../src/steps/plan-job.ts';
import { planTable } from '../src/steps/plan-table.ts';
import { openTestSource, type TestSource } from './support/postgres-source.ts';

let source: TestSource;
beforeAll(async () => {
  source = await openTestSource(inject('postgres'));
  await source.sql(`create table orders (id int); create role shut_${process.pid} login password 'x'`);
});
afterAll(async () => {
  await source.sql(`drop role shut_${process.pid}`);
  await source[Symbol.asyncDispose]();
});

const changed = (parts: Partial<Pick<URL, 'port' | 'username' | 'password' | 'pathname' | 'search'>>): string =>
  Object.assign(new URL(source.url), parts).href;
const shut = () => ({ username: `shut_${process.pid}`, password: 'x' });
const context = { signal: new AbortController().signal, log: { info() {}, warn() {} } };
const plan = (url: string, name = 'public.orders') => planTable({ name, source: url, verify: 'sums', sample: 1 }, context);
const list = (url: string) => planJob({ tables: [], source: url }, context);

test.each([
  ['a wrong password', () => plan(changed({ password: 'wrong' })), /does not let/],
  ['a wrong password, when tables are listed', () => list(changed({ password: 'wrong' })), /does not let/],
  ['an unknown user', () => plan(changed({ username: 'nobody_at_all' })), /does not let/],
  ['an unknown database', () => plan(changed({ pathname: '/nothing' })), /no database/],
  ['a right that is missing', () => plan(changed(shut())), /may not/],
  ['a table that is not there', () => plan(source.url, 'public.none'), /There is no table/],
  ['an unknown sslmode', () => plan(changed({ search: '?sslmode=perhaps' })), /sslmode=perhaps/],
])('%s is met once: another try would only meet it again', async (_, work, says) => {
  const error = await work().catch((thrown: unknown) => thrown as Error);
  expect(error).toMatchObject({
    message: expect.stringMatching(says),
    code: expect.stringMatching(/^(SOURCE_UNREACHABLE|TABLE_UNREADABLE)$/),
    kind: { lasting: true },
  });
});

test('a server that does not answer may answer at the next try', async () => {
  const error = await plan(changed({ port: '1' })).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'SOURCE_UNREACHABLE', kind: { lasting: false } });
});
