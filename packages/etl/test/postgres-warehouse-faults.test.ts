import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { destinationAt } from '../src/destinations/table.ts';
import { openPostgresWarehouse, type PostgresTrial } from './support/postgres-warehouse.ts';
import { makeExtract, quietContext } from './support/warehouse-load.ts';

/* What can go wrong with a warehouse of PostgreSQL: each is told in one sentence with the next step, and changes nothing. */

let trial: PostgresTrial;
beforeAll(async () => {
  trial = await openPostgresWarehouse(inject('postgres'));
});
afterAll(() => trial[Symbol.asyncDispose]());

let token = 0;
const extractOf = (rows = 10) =>
  makeExtract({ folder: trial.folder, columns: { id: 'INTEGER' }, parts: [`select i::int as id from range(${rows}) r(i)`] });
const commit = async (extract: Awaited<ReturnType<typeof extractOf>>, { address = trial.address, context = quietContext() } = {}) =>
  destinationAt(address).commit({ extract, verify: 'sums', token: ++token, flow_run_id: 'run', context });
const left = async () => (await trial.sql(`select from pg_class where relname like '\\_sluice\\_stg%'`)).rowCount;
/** Another login to the same database, or another database. */
const at = (change: Partial<Pick<URL, 'username' | 'pathname' | 'port' | 'password'>>) => Object.assign(new URL(trial.address), change).href;

test('a session that the server ends in the middle leaves nothing, and the load is done again', async () => {
  await commit(await extractOf());
  const extract = await extractOf(300_000);
  // While the table is held the load waits for it, with all of its rows in place.
  await trial.sql('begin; lock table public.orders in access share mode');
  const ended = commit(extract).catch((error: unknown) => error);
  await eventually(async () => {
    // A transaction sees the sessions as they were at its first look.
    await trial.sql('select pg_stat_clear_snapshot()');
    const { rowCount } = await trial.sql(
      `select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
    );
    expect(rowCount).toBe(1);
  });
  expect(await ended).toMatchObject({ code: 'WAREHOUSE_UNREACHABLE', hint: expect.any(String) });
  await trial.sql('commit');
  expect([(await trial.rows({ schema: 'public', name: 'orders' })).length, await left()]).toEqual([10, 0]);
  expect(await commit(extract)).toMatchObject({ outcome: 'committed', rows_loaded: 300_000 });
});

test.each([
  ['a server that is not there', { port: '1' }, 'WAREHOUSE_UNREACHABLE', 'does not answer'],
  ['a database that is not there', { pathname: '/nowhere' }, 'WAREHOUSE_UNREACHABLE', 'has no database "nowhere"'],
  ['somebody whom it does not know', { username: 'nobody_here', password: 'x' }, 'WAREHOUSE_UNREACHABLE', 'does not let "nobody_here" in'],
])('%s is told', async (_what, change, code, says) => {
  const error = await commit(await extractOf(), { address: at(change) }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code, message: expect.stringContaining(says) });
  const { message, hint } = error as { message: string; hint: string };
  expect(`${message} ${hint}`).not.toMatch(/\bsource\b/);
});

test('a role that may not make tables is told what it needs', async () => {
  await trial.sql(`create role guest_of_test login password 'x'; revoke create on schema public from public`);
  try {
    const address = at({ username: 'guest_of_test', password: 'x' });
    await expect(commit(await extractOf(), { address })).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('"guest_of_test" has not the right in the warehouse'),
      hint: expect.stringContaining('grant'),
    });
    await expect(destinationAt(address).query('select * from public.orders')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  } finally {
    await trial.sql('drop role guest_of_test');
  }
});

test('a database whose sessions read unless they say otherwise takes a load', async () => {
  await trial.sql(`do $$ begin execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$`);
  try {
    expect(await commit(await extractOf())).toMatchObject({ outcome: 'committed' });
  } finally {
    await trial.sql(`do $$ begin execute format('alter database %I reset default_transaction_read_only', current_database()); end $$`);
  }
});

test('a password has no place in the URL, for everybody could read it in the run', () => {
  const { expectUsable } = destinationAt(at({ password: 'hidden' }));
  expect(expectUsable).toThrow('holds a password');
  expect(() => destinationAt('postgres://me@db/reports?sslmode=sometimes').expectUsable()).toThrow('The warehouse has sslmode=sometimes');
  expect(() => destinationAt('mysql://me@db/reports')).toThrow('mysql://… is not a destination that Sluice can write.');
});
