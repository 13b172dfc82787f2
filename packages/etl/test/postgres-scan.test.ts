import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { describeWithExtensions } from '../../../tests/support/extensions.ts';
import { loadExtension } from '../src/duckdb/extensions.ts';
import { etlPaths } from '../src/home.ts';
import type { Extract, TablePlan } from '../src/model.ts';
import { connectPostgres } from '../src/postgres/connect.ts';
import { begin } from '../src/postgres/transaction.ts';
import { Scanner } from '../src/sources/postgres/scan/scanner.ts';
import { SnapshotKeeper } from '../src/sources/postgres/shared-snapshot.ts';
import { openEngine } from '../src/stage/engine.ts';
import { literal } from '../src/types/sql.ts';
import { startPgbouncer } from './support/pgbouncer.ts';
import { loadExtract, openTestSource, type TestSource } from './support/postgres-source.ts';

const LOCK = 4714;
const never = new AbortController().signal;

let source: TestSource;
beforeAll(async () => {
  source = await openTestSource(inject('postgres'));
  await source.sql(`create table numbers as select i as id, md5(i::text) as text from generate_series(1, 20000) i; analyze numbers`);
});
afterAll(() => source[Symbol.asyncDispose]());
afterEach(() => {
  vi.unstubAllEnvs();
});

const scan = (table: string | TablePlan, options: Parameters<TestSource['extract']>[1] = {}) => source.extract(table, { lane: 'scan', ...options });

const copyNotes = ({ plan: { notes } }: Extract) => notes.filter((note) => note.startsWith('It was read by COPY and not by a scan: '));

async function verified(extract: Extract, query: string): Promise<unknown[][]> {
  using warehouse = await loadExtract(extract);
  expect(await warehouse.sums()).toEqual(extract.sums);
  return await warehouse.query(query);
}

const sessions = async () =>
  Number((await source.sql(`select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`)).rows[0]?.count);

/** How long a statement of a scanner's session may take, now and at its begin. */
async function limitOfScanner(url: string): Promise<unknown[][]> {
  using engine = await openEngine(join(source.home, 'temp'), never);
  const client = await connectPostgres(url);
  try {
    await begin(client);
    await loadExtension(engine.connection, 'postgres');
    await using scanner = await expectScanner(Scanner.open({ engine, client, readers: 1, signal: never }));
    const asked = `select setting, reset_val from pg_settings where name = 'statement_timeout'`;
    const rows = await engine.connection.runAndReadAll(`from postgres_query('scan_1', ${literal(asked)})`);
    scanner.done();
    return rows.getRowsJson();
  } finally {
    await client.end();
  }
}

async function expectScanner(opened: Promise<Scanner | string>): Promise<Scanner> {
  const scanner = await opened;
  if (typeof scanner === 'string') throw new Error(scanner);
  return scanner;
}

describeWithExtensions('a table that is scanned', () => {
  test('says so, has the sums and the parts that it has by COPY, and leaves no session behind', async () => {
    const [scanned, copied] = [await scan('public.numbers'), await source.extract('public.numbers')];
    expect([scanned.lane, copied.lane]).toEqual(['scan', 'copy']);
    expect({ ...scanned, load_id: '', lane: '', seconds: 0, parts: scanned.parts.length, plan: '' }).toEqual({
      ...{ ...copied, load_id: '', lane: '', seconds: 0, parts: copied.parts.length, plan: '' },
    });
    expect(await verified(scanned, 'select count(*)::INTEGER, count(distinct id)::INTEGER, max(text) = max(md5(id::VARCHAR)) from t')).toEqual([
      [20000, 20000, true],
    ]);
    await eventually(async () => expect(await sessions()).toBe(0));
  });

  test('is read by two sessions when it is large, in chunks and in both halves of each', async () => {
    await source.sql(`create table large as select i as id, repeat(md5(i::text), 3) as text from generate_series(1, 300000) i`);
    const extract = await source.extract(await source.plan({ name: 'public.large', source: 'test', chunkMb: 16 }), { verify: 'sums' });
    expect(extract.lane).toBe('scan');
    expect(extract.parts.length).toBeGreaterThan(1);
    using warehouse = await loadExtract(extract);
    expect(await warehouse.sums('sums')).toEqual(extract.sums);
    expect(await warehouse.query('select count(distinct id)::INTEGER from t')).toEqual([[300000]]);
  });

  test('is read in the snapshot of its own transaction, and so in that of the job', async () => {
    await source.sql('create table growing as select generate_series(1, 100) as id');
    const job = 'job of a scan';
    await using _keeper = await SnapshotKeeper.open(source.url, { job, signal: never, onLost: () => {} });
    await source.sql('insert into growing select generate_series(101, 200)');
    const extract = await scan('public.growing', { snapshot: { job } });
    expect(extract).toMatchObject({ lane: 'scan', rows_read: 100, snapshot: { id: expect.any(String) } });
  });

  test('may be partitioned, a sample, a parent, without rows, or have one column', async () => {
    await source.sql(`create table parted (id int, note text) partition by range (id);
      create table parted_one partition of parted for values from (0) to (1000);
      create table parted_two (note text, id int); alter table parted attach partition parted_two for values from (1000) to (5000);
      insert into parted select i, repeat('n', i % 300) from generate_series(1, 4000) i;
      create table parent (id int); insert into parent values (1); create table child () inherits (parent); insert into child values (2);
      create table vacant (id int)`);
    const parted = await source.plan({ name: 'public.parted', source: 'test', chunkMb: 0.25 });
    const [whole, parent, vacant] = [await scan(parted), await scan('public.parent'), await scan('public.vacant')];
    expect([whole, parent, vacant].map(({ lane }) => lane)).toEqual(['scan', 'scan', 'scan']);
    expect(whole.parts.length).toBeGreaterThan(1);
    expect(await verified(whole, 'select count(*)::INTEGER, sum(id)::INTEGER from t')).toEqual([[4000, 8002000]]);
    expect(await verified(parent, 'from t')).toEqual([[1]]);
    expect(vacant).toMatchObject({ parts: [], rows_read: 0, sums: { rows: 0 } });
    const sample = await source.plan({ name: 'public.numbers', source: 'test', chunkMb: 1 }, 0.1);
    const [one, other] = [await scan(sample), await source.extract(sample, { lane: 'copy' })];
    expect(one.sums).toEqual(other.sums);
    expect(one.rows_read).toBeLessThan(4000);
  });

  test('keeps names that differ by case only, and odd ones', async () => {
    await source.sql(`create table odd (id int, "ID" int, "a ""b""" text, "it's" text); insert into odd values (1, 2, 'x', 'y')`);
    expect(await verified(await scan('public.odd'), 'from t')).toEqual([[1, 2, 'x', 'y']]);
  });

  test('is read whatever limits of time its role has, and whatever signs its password', async () => {
    const password = `p'a"s s\\w%:@/ö`;
    const role = `scanner_${process.pid}`;
    await source.sql(`create role ${role} login password '${password.replaceAll("'", "''")}'; grant select on numbers to ${role};
      alter role ${role} set statement_timeout = '20s'; alter role ${role} set timezone = 'Asia/Tokyo'`);
    const url = new URL(source.url);
    url.username = role;
    url.password = encodeURIComponent(password);
    const extract = await scan('public.numbers', { url: url.href });
    expect(extract).toMatchObject({ lane: 'scan', rows_read: 20000 });
    expect(await limitOfScanner(url.href)).toEqual([['0', '0']]);
    await source.sql(`alter role ${role} connection limit 1`);
    const limited = await scan('public.numbers', { url: url.href });
    expect(limited.lane).toBe('copy');
    expect(copyNotes(limited)).toEqual([expect.stringContaining('DuckDB gets no session: ')]);
    expect(JSON.stringify(limited)).not.toContain('s\\\\w');
    await eventually(() => source.sql(`drop owned by ${role}; drop role ${role}`));
  });

  test('leaves the password in none of the lists of DuckDB, and the sessions end with the scanner', async () => {
    const password = decodeURIComponent(new URL(source.url).password);
    using engine = await openEngine(join(source.home, 'temp'), never);
    const client = await connectPostgres(source.url);
    await begin(client);
    await loadExtension(engine.connection, 'postgres');
    const scanner = await Scanner.open({ engine, client, readers: 2, signal: never });
    expect(scanner).toBeInstanceOf(Scanner);
    for (const list of ['duckdb_databases()', 'duckdb_secrets()', 'duckdb_settings()', 'duckdb_logs']) {
      const rows = (await engine.connection.runAndReadAll(`from ${list}`)).getRowsJson();
      expect(JSON.stringify(rows)).not.toContain(password);
    }
    expect(await sessions()).toBeGreaterThanOrEqual(3);
    await (scanner as Scanner)[Symbol.asyncDispose]();
    expect((await engine.connection.runAndReadAll(`select database_name from duckdb_databases() where not internal`)).getRowsJson()).toEqual([
      ['memory'],
    ]);
    expect((await engine.connection.runAndReadAll('from duckdb_secrets()')).getRowsJson()).toEqual([]);
    await client.end();
    await eventually(async () => expect(await sessions()).toBe(0));
  });
});

describeWithExtensions('a table that a scan does not keep exactly is read by COPY, and a note says why, where a scan was asked for:', () => {
  test('one with rows for quarantine', async () => {
    await source.sql(`create table bad (id int, n numeric(5,2)); insert into bad values (1, 1), (2, 'NaN'), (3, 3)`);
    const extract = await scan('public.bad');
    expect(extract).toMatchObject({ lane: 'copy', rows_read: 3, rows_quarantined: 1 });
    expect(copyNotes(extract)).toEqual(['It was read by COPY and not by a scan: it has rows for quarantine.']);
    expect(await verified(extract, 'select id from t order by id')).toEqual([[1], [3]]);
  });

  test('a view', async () => {
    await source.sql('create view few as select * from numbers where id < 10');
    const extract = await scan('public.few');
    expect(extract).toMatchObject({ lane: 'copy', rows_read: 9 });
    expect(copyNotes(extract)).toHaveLength(1);
  });

  test('one with large values', async () => {
    await source.sql(`create table large_values as select i as id, (select string_agg(md5(random()::text), '') from generate_series(1, 40000) where i > 0) as t
      from generate_series(1, 8) i`);
    const extract = await scan('public.large_values');
    expect(extract.lane).toBe('copy');
    expect(copyNotes(extract)).toEqual([expect.stringContaining('it has large values')]);
  });

  test('one behind a pool', async () => {
    await using pool = await startPgbouncer(source.url, { size: 4 });
    const extract = await scan('public.numbers', { url: pool.url });
    expect(extract.lane).toBe('copy');
    expect(copyNotes(extract)).toEqual([expect.stringContaining('a pool stands between')]);
  });
});

describeWithExtensions('a scan that is stopped', () => {
  beforeAll(async () => {
    // A part of its value as JSON, which a scan asks for, waits for us in the scan alone.
    await source.sql(`create type gate as enum ('open', 'closed');
      create function pass(g gate) returns json volatile language plpgsql as $$
      begin
        if g = 'closed' and current_query() like 'COPY (SELECT%' then perform pg_advisory_lock_shared(${LOCK}); perform pg_advisory_unlock_shared(${LOCK}); end if;
        return to_json(g::text);
      end $$;
      create cast (gate as json) with function pass(gate);
      create type gated as (i int, g gate);
      create table slow (g gated); insert into slow select row(i, case i when 3 then 'closed' else 'open' end)::gated from generate_series(1, 5) i`);
  });

  const waiting = () =>
    eventually(async () => {
      const { rows } = await source.sql(`select pid from pg_locks where locktype = 'advisory' and objid = ${LOCK} and not granted`);
      expect(rows).toHaveLength(1);
      return (rows as { pid: number }[])[0]?.pid;
    });

  test('by an abort ends here and on the server, and leaves nothing', async () => {
    await source.sql(`select pg_advisory_lock(${LOCK})`);
    const controller = new AbortController();
    const extract = source.extractAs('stopped-scan', 'public.slow', { lane: 'scan', signal: controller.signal });
    const failed = expect(extract).rejects.toThrow('enough');
    await waiting();
    controller.abort(new Error('enough'));
    await failed;
    await eventually(async () => expect(await sessions()).toBe(0));
    await source.sql(`select pg_advisory_unlock(${LOCK})`);
    expect(Object.values(etlPaths(source.home)).filter((folder) => existsSync(join(folder, 'stopped-scan')))).toEqual([]);
  });

  test('by its server is told, and the table is read by COPY in the same transaction', async () => {
    await source.sql(`select pg_advisory_lock(${LOCK})`);
    const extract = source.extract('public.slow', { lane: undefined });
    expect((await extract).lane).toBe('copy');
    const scanned = scan('public.slow');
    const pid = await waiting();
    await source.sql(`insert into slow values (row(9, 'open')::gated); select pg_terminate_backend(${pid})`);
    const read = await scanned;
    await source.sql(`select pg_advisory_unlock(${LOCK})`);
    expect(read).toMatchObject({ lane: 'copy', rows_read: 5 });
    expect(copyNotes(read)).toEqual([expect.stringContaining('the scan failed: ')]);
    expect(await verified(read, 'select count(*)::INTEGER from t')).toEqual([[5]]);
  });
});

describe('where the extension is not here', () => {
  test('tables are read by COPY, and who asks for a scan is told what is missing', async () => {
    vi.stubEnv('SLUICE_DUCKDB_EXTENSIONS', await mkdtemp(join(tmpdir(), 'extensions-')));
    await source.sql('create table plain as select generate_series(1, 300000) as id');
    expect(await source.extract('public.plain', { verify: 'sums' })).toMatchObject({ lane: 'copy', rows_read: 300000 });
    await expect(scan('public.plain')).rejects.toMatchObject({ code: 'EXTENSION_MISSING', hint: expect.stringMatching(/SLUICE_DUCKDB_EXTENSIONS/) });
  });

  test('or is of no use there, they are too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'extensions-'));
    await writeFile(join(folder, 'postgres_scanner.duckdb_extension'), 'x'.repeat(10_000));
    vi.stubEnv('SLUICE_DUCKDB_EXTENSIONS', folder);
    await source.sql('create table as_plain as select generate_series(1, 300000) as id');
    expect(await source.extract('public.as_plain', { verify: 'sums' })).toMatchObject({ lane: 'copy', rows_read: 300000 });
  });
});
