import { readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { describeWithExtensions } from '../../../tests/support/extensions.ts';
import type { CommitRequest } from '../src/destinations/destination.ts';
import { destinationAt } from '../src/destinations/table.ts';
import type { Extract, Load } from '../src/model.ts';
import { type LakeTrial, lakeAddress, openLakeTrial } from './support/lake.ts';
import { makeExtract, quietContext } from './support/warehouse-load.ts';

const COLUMNS = { id: 'BIGINT', name: 'VARCHAR' };
const rows = (count: number, name = 'n') => `select i as id, '${name}' as name from range(${count}) r(i)`;

let lake: LakeTrial;
let token = 0;
const at = (address = lake.address) => destinationAt(address);
const load = (name: string, count: number, more: object = {}): Promise<Extract> =>
  makeExtract({ folder: lake.folder, name, columns: COLUMNS, parts: [rows(count)], ...more });
const commit = (extract: Extract, more: Partial<CommitRequest> = {}, address = lake.address): Promise<Load> =>
  at(address).commit({ extract, verify: 'sums', token: ++token, flow_run_id: 'run-1', context: quietContext(), ...more });
const count = async (table: string, moment?: string) =>
  Number((await at().query(`select count(*)::double as rows from public.${table}`, { at: moment }))[0]?.['rows']);
const thrown = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);

describeWithExtensions('a lake', () => {
  beforeAll(async () => {
    lake = await openLakeTrial(inject('postgres'));
  });
  afterAll(() => lake[Symbol.asyncDispose]());

  test('is made once, though several loads begin at the same moment; loads of different tables are all there', async () => {
    const extracts = await Promise.all([1, 2, 3, 4].map((number) => load(`together_${number}`, number * 100)));
    const loads = await Promise.all(extracts.map((extract) => commit(extract)));
    expect(loads.map(({ outcome, rows_loaded }) => [outcome, rows_loaded])).toEqual([100, 200, 300, 400].map((number) => ['committed', number]));
    expect(await at().present(new AbortController().signal)).toMatchObject([1, 2, 3, 4].map((number) => ({ name: `together_${number}` })));
  });

  test('of loads of one table at the same moment the one that was planned last stands in the end, and each is there once', async () => {
    const extracts = await Promise.all([1, 2, 3].map((number) => load('raced', number * 10, { planned_at: `2026-11-24T10:00:0${number}Z` })));
    const loads = await Promise.all(extracts.toReversed().map((extract, index) => thrown(commit(extract, { token: 1000 - index }))));
    const outcomes = loads.map((each) => (each instanceof Error ? (each as Error & { code?: string }).code : (each as Load).outcome));
    expect(outcomes[0]).toBe('committed');
    for (const outcome of outcomes.slice(1)) expect(['committed', 'superseded', 'LEASE_EXPIRED']).toContain(outcome);
    expect(await count('raced')).toBe(30);
    const ledger = await lake.ledger();
    expect(new Set(ledger).size).toBe(ledger.length);
  });

  test('keeps what its tables were: a query may ask for a snapshot or an instant', async () => {
    await commit(await load('history', 5));
    const [{ id, time } = {}] = await at().query(
      "select max(snapshot_id)::double as id, strftime(max(snapshot_time), '%Y-%m-%dT%H:%M:%S.%fZ') as time from warehouse.snapshots()",
    );
    await commit(await load('history', 7));
    expect([await count('history', String(id)), await count('history', String(time)), await count('history')]).toEqual([5, 5, 7]);
    expect(await thrown(at().query('select 1', { at: '2020-01-01' }))).toMatchObject({ code: 'USAGE', message: /has no snapshot of that moment/ });
    expect(await thrown(at().query('select 1', { at: 'yesterday' }))).toMatchObject({ code: 'USAGE', message: /neither an instant nor/ });
    expect(await thrown(destinationAt(join(lake.folder, 'a.duckdb')).query('select 1', { at: '3' }))).toMatchObject({
      code: 'USAGE',
      message: /--at is for a lake/,
    });
  });

  test('a table that no load has made is replaced when that is asked, and only then; a view never is', async () => {
    await lake.change('create table public.own as select 42 as answer');
    const own = await load('own', 3);
    expect(await thrown(commit(own))).toMatchObject({ code: 'CONFLICT', message: /a table that no load of Sluice has made/ });
    expect(await commit(own, { overwrite: true })).toMatchObject({ outcome: 'committed' });
    await lake.change('create or replace table public.own as select 43 as answer');
    expect(await at().present(new AbortController().signal)).not.toContainEqual(expect.objectContaining({ name: 'own' }));
    expect(await thrown(commit(await load('own', 4)))).toMatchObject({ code: 'CONFLICT' });
    await lake.change('create view public.seen as select 1 as a');
    expect(await thrown(commit(await load('seen', 4), { overwrite: true }))).toMatchObject({ code: 'CONFLICT', message: /that is a view/ });
    expect(await thrown(commit(await load('OWN', 4), { overwrite: true }))).toMatchObject({
      code: 'CONFLICT',
      message: /"public.own", which is not a load/,
    });
    expect(await count('own')).toBe(1);
  });

  test.each([
    ['drop table public.history'],
    ["from ducklake_expire_snapshots('warehouse', older_than => now())"],
    ["from warehouse.set_option('parquet_version', 2)"],
    ["from ducklake_delete_orphaned_files('warehouse', cleanup_all => true)"],
    ["from postgres_execute('__ducklake_metadata_warehouse', 'drop schema ducklake cascade')"],
    ["from postgres_query('__ducklake_metadata_warehouse', 'select pg_terminate_backend(1)')"],
    ["from read_text('/etc/hostname')"],
    ["attach '/tmp/x.duckdb' as x"],
  ])('a query changes nothing, and says so: %s', async (sql) => {
    const before = await lake.sql('select max(snapshot_id) as id from ducklake.ducklake_snapshot');
    expect(await thrown(at().query(sql))).toMatchObject({ code: 'USAGE' });
    expect((await lake.sql('select max(snapshot_id) as id from ducklake.ducklake_snapshot')).rows).toEqual(before.rows);
  });

  test('a table that somebody has changed is seen when the tables of a job are there', async () => {
    await commit(await load('changed', 10));
    const tables = await at().present(new AbortController().signal);
    for (const { name } of tables) if (name !== 'changed') await lake.change(`drop table public.${name}`);
    await lake.change(`update public.changed set name = 'x' where id = 3`);
    expect(await at().publish(quietContext())).toMatchObject({ checks: [{ table: 'public.changed', equal: false }], compacted: null });
  });

  test('files that a killed commit has left are removed after a day, and no younger one, nor a file of others', async () => {
    const folder = join(lake.dataPath, 'public', 'changed');
    const orphan = (letter: string) => join(folder, `ducklake-0000000${letter}-0000-7000-8000-000000000000.parquet`);
    const theirs = join(folder, 'mine.parquet');
    for (const file of [orphan('a'), orphan('b'), theirs]) await writeFile(file, 'PAR1');
    const dayAgo = new Date(Date.now() - 25 * 3600 * 1000);
    for (const file of [orphan('a'), theirs]) await utimes(file, dayAgo, dayAgo);
    const standing = (await readdir(folder)).length;
    expect(await at().tidy(quietContext())).toEqual([{ path: orphan('a'), bytes: 4 }]);
    expect(await readdir(folder)).toHaveLength(standing - 1);
    expect(await count('changed')).toBe(10);
  });

  test('what is older than the lake says is let go: snapshots first, then their files', async () => {
    await commit(await load('changed', 11), { overwrite: true });
    await lake.sql(`update ducklake.ducklake_snapshot set snapshot_time = snapshot_time - interval '40 days'
      where snapshot_id < (select max(snapshot_id) from ducklake.ducklake_snapshot)`);
    await at().publish(quietContext());
    const { rows: left } = await lake.sql('select count(*)::int as snapshots from ducklake.ducklake_snapshot');
    expect(left[0]?.snapshots).toBeLessThanOrEqual(2);
    await lake.sql(`update ducklake.ducklake_files_scheduled_for_deletion set schedule_start = schedule_start - interval '2 days'`);
    const before = (await readdir(join(lake.dataPath, 'public', 'changed'))).length;
    await at().publish(quietContext());
    expect((await readdir(join(lake.dataPath, 'public', 'changed'))).length).toBeLessThan(before);
    expect(await count('changed')).toBe(11);
    expect(await at().present(new AbortController().signal)).toMatchObject([{ name: 'changed', rows: 11 }]);
  });

  test('that keeps its files elsewhere than the URL says is told so, and so is one that is not there', async () => {
    const elsewhere = lakeAddress(lake.catalog, '/another/place');
    expect(await thrown(at(elsewhere).query('select 1'))).toMatchObject({
      code: 'INVALID_SETTING',
      message: `The lake does not keep its files in /another/place/, but in ${lake.dataPath}/.`,
    });
    const other = `${lake.address}&metadata_schema=other`;
    expect(await thrown(at(other).query('select 1'))).toMatchObject({ code: 'NOT_FOUND', message: /no lake in the schema "other"/ });
    expect(await thrown(commit(await load('t', 1), {}, other))).toMatchObject({ code: 'CONFLICT', message: /is not empty: a new lake would take/ });
    expect(await thrown(commit(await load('t', 1), {}, `ducklake:${lake.catalog}?metadata_schema=other`))).toMatchObject({ code: 'USAGE' });
    const inFile = join(lake.folder, 'a-file', 'lake');
    await writeFile(join(lake.folder, 'a-file'), '');
    const closed = `${lakeAddress(lake.catalog, inFile)}&metadata_schema=other`;
    const refused = await thrown(commit(await load('t', 1), {}, closed));
    expect(refused).toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining(`cannot be written in ${inFile}/: ENOTDIR`) });
  });

  test('whose catalog is gone, or is of another version, is told in one sentence without the password', async () => {
    const away = lake.address.replace(/:\d+\//, ':9/');
    const error = await thrown(at(away).query('select 1'));
    expect(error).toMatchObject({ code: 'WAREHOUSE_UNREACHABLE', hint: expect.any(String) });
    const secret = lake.address.replace(/\/\/[^@]*@/, '//nobody:hidden-word@');
    const refused = await thrown(commit(await load('t', 1), {}, secret));
    expect(refused).toMatchObject({ code: 'WAREHOUSE_UNREACHABLE' });
    expect(`${refused} ${JSON.stringify(refused)} ${(refused as Error).stack}`).not.toContain('hidden-word');
    await lake.sql(`update ducklake.ducklake_metadata set value = '9.9' where key = 'version'`);
    expect(await thrown(at().query('select 1'))).toMatchObject({ code: 'INVALID_SETTING', message: /another version of DuckLake/ });
    await lake.sql(`update ducklake.ducklake_metadata set value = '1.0' where key = 'version'`);
  });

  test('whose folder is not on this machine is not written: others would not see the rows', async () => {
    await rm(join(lake.dataPath, '.sluice-lake'));
    expect(await thrown(commit(await load('t', 1)))).toMatchObject({ code: 'FORBIDDEN', message: /that folder is not there on this machine/ });
    expect(() => at(lake.address.replace(/\/\/[^@]*@/, '//me:hidden@')).expectUsable()).toThrow('holds a password');
  });
});
