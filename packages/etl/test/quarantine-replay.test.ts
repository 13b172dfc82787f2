import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { hasExtensions } from '../../../tests/support/extensions.ts';
import { seconds } from '../../../tests/support/patience.ts';
import type { MendedCommit } from '../src/destinations/destination.ts';
import { readLedger } from '../src/destinations/duckdb/read.ts';
import { destinationAt } from '../src/destinations/table.ts';
import type { Load, TableSpec } from '../src/model.ts';
import type { MendedRead } from '../src/sources/source.ts';
import { readMendedRows } from '../src/sources/table.ts';
import { expectPlan, FilesTrial, quiet } from './support/files-load.ts';
import { mendAndKill } from './support/kill-commit.ts';
import { openLakeTrial } from './support/lake.ts';
import { openPostgresWarehouse } from './support/postgres-warehouse.ts';

/** A warehouse for one test, as a person sees it beside Sluice. */
interface Place extends AsyncDisposable {
  readonly address: string;
  /** A query for the rows of main.t as texts, in their order. */
  readonly rows: string;
  /** Rows and origin of its loads, the latest first. */
  ledger(): Promise<(number | string | null)[][]>;
  /** Runs a statement, as a person who changes a table. */
  change(sql: string): Promise<void>;
}

async function fileOfDuckdb(folder: string): Promise<Place> {
  const address = join(folder, 'warehouse.duckdb');
  return {
    address,
    rows: 'select columns(*)::varchar from (from main.t order by all)',
    ledger: async () => (await readLedger(address)).map(({ rows_loaded, replay_of }) => [rows_loaded, replay_of]),
    change: async (sql) => {
      const { DuckDBInstance } = await import('@duckdb/node-api');
      const instance = await DuckDBInstance.create(address);
      await (await instance.connect()).run(sql);
      instance.closeSync();
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

async function databaseOfPostgres(): Promise<Place> {
  const warehouse = await openPostgresWarehouse(inject('postgres'));
  const rowsOf = async (sql: string) => (await warehouse.sql(sql)).rows;
  return {
    address: warehouse.address,
    // The numbers are first in each table, and its columns as many as they are.
    rows: 'select * from main.t order by 1',
    ledger: async () =>
      (await rowsOf('select rows_loaded, replay_of from _sluice.load order by committed_at desc')).map((row) => [
        Number(row.rows_loaded),
        row.replay_of,
      ]),
    change: async (sql) => void (await warehouse.sql(sql)),
    [Symbol.asyncDispose]: () => warehouse[Symbol.asyncDispose](),
  };
}

async function lake(): Promise<Place> {
  const trial = await openLakeTrial(inject('postgres'));
  return {
    address: trial.address,
    rows: 'select columns(*)::varchar from (from main.t order by all)',
    ledger: async () => {
      const rows = await destinationAt(trial.address).query(
        'select rows_loaded::double as rows, replay_of from _sluice.load order by committed_at desc',
      );
      return rows.map((row) => [Number(row['rows']), row['replay_of'] as string | null]);
    },
    change: trial.change,
    [Symbol.asyncDispose]: () => trial[Symbol.asyncDispose](),
  };
}

const PLACES = [
  { what: 'a file of DuckDB', open: fileOfDuckdb, nul: '\0' },
  // A text of PostgreSQL holds no NUL: its picture stands there.
  { what: 'a database of PostgreSQL', open: databaseOfPostgres, nul: '␀' },
  ...(hasExtensions ? [{ what: 'a lake of DuckLake', open: lake, nul: '\0' }] : []),
];

describe.each(PLACES)('$what', ({ open, nul }) => {
  let trial: FilesTrial;
  let place: Place;
  let address: string;
  let leases: number;

  beforeEach(async () => {
    trial = await FilesTrial.start();
    place = await open(trial.home);
    address = place.address;
    leases = 0;
  });
  afterEach(async () => {
    await place[Symbol.asyncDispose]();
    await trial[Symbol.asyncDispose]();
  });

  const T = { schema: 'main', name: 't' };
  const warehouse = () => destinationAt(address);
  const lease = () => ({ token: ++leases, flow_run_id: 'run-1', context: quiet() });

  /** Loads a file as the table t. */
  async function load(file: string, content: string, spec: Partial<TableSpec> = {}): Promise<Load> {
    await trial.write(file, content);
    const plan = expectPlan(await trial.plan({ name: 't', from: file, badRowShare: 1, ...spec }));
    const extract = await trial.extract(plan, { load_id: `load ${leases}` });
    return warehouse().commit({ extract, verify: 'full', ...lease() });
  }

  /** Mended rows of t in parts: the text of each row in quarantine goes through `change`; undefined leaves it alone. */
  async function mend(change: (raw: string) => string | undefined): Promise<MendedRead & Pick<MendedCommit, 'replay_of' | 'verify'>> {
    const mendable = await warehouse().mendable(T);
    if (!mendable?.plan) throw new Error('nothing of it can be mended');
    const all = (await warehouse().quarantine(T)).map(({ id, raw, reason }) => ({ id, raw: change(raw ?? ''), reason }));
    const rows = all.flatMap(({ raw, ...row }) => (raw === undefined ? [] : [{ ...row, raw }]));
    const { plan, verify, load_id: replay_of } = mendable;
    const read = await readMendedRows({ plan, rows, load_id: `replay ${leases}`, home: trial.home, verify, context: quiet() });
    return { ...read, replay_of, verify };
  }

  const replay = async (change: (raw: string) => string | undefined) => warehouse().addMended({ ...(await mend(change)), ...lease() });
  const rowsOf = async () =>
    (await warehouse().query(place.rows)).map((row) => Object.values(row).map((value) => (value === null ? null : `${value}`)));
  const left = async () => (await warehouse().quarantine(T)).map(({ raw, reason, mended }) => [raw, reason, mended]);

  const PRICES = 'id,name,price\n1,a,1.5\n2,b,cheap\n3,"c\nc",2.5\n4,d\n5,"e,dear\n6,f,3.5\n';
  const TYPES = { types: { id: 'BIGINT', price: 'DECIMAL(10,2)' } };
  const SOUND: Record<string, string> = { '2,b,cheap': '2,b,9.99', '4,d': '4,"d ""4""",0', '5,"e,dear': '5,"e\ne",7\n' };

  test('mended rows are in their table, are out of quarantine, and the ledger says how the table stands then', async () => {
    const first = await load('t.csv', PRICES, TYPES);
    expect(first).toMatchObject({ rows_read: 6, rows_loaded: 3, rows_quarantined: 3 });
    expect(await replay((raw) => SOUND[raw])).toMatchObject({
      ...{ outcome: 'committed', verified: true, rows_read: 6, rows_loaded: 6, rows_quarantined: 0, replay_of: first.load_id },
      notes: ['3 rows were mended in quarantine and loaded.'],
    });
    expect(await rowsOf()).toEqual([
      ['1', 'a', '1.50'],
      ['2', 'b', '9.99'],
      ['3', 'c\nc', '2.50'],
      ['4', 'd "4"', '0.00'],
      ['5', 'e\ne', '7.00'],
      ['6', 'f', '3.50'],
    ]);
    expect(await left()).toEqual([]);
    expect(await place.ledger()).toEqual([
      [6, first.load_id],
      [3, null],
    ]);
    expect(await warehouse().publish(quiet())).toMatchObject({ checks: [{ table: 'main.t', equal: true }], present: [{ ...T, rows: 6 }] });
  });

  describe('a wrong mend', () => {
    // One load for all of them: one that is read wrong would take its neighbours with it.
    const WRONG: readonly (readonly [wrong: string, reason: string])[] = [
      ['2,b,x', '"x" cannot be kept as DECIMAL(10,2)'],
      ['2,b', 'it has 2 values instead of 3'],
      ['2,"b,1', 'a quote is opened and not closed'],
      ['2,b,1\n3,b,1', 'it is more than one row'],
      ['', 'it is empty'],
      ['2,\0,1', 'it holds a NUL byte'],
    ];

    test('stays in quarantine with its reason beside what the source had, and the others are loaded', async () => {
      const bad = WRONG.map((_, at) => `${at},b,cheap`);
      await load('t.csv', `id,name,price\n${bad.join('\n')}\n6,c,1.5\n7,d,dear\n`, TYPES);
      const done = await replay((raw) => WRONG[bad.indexOf(raw)]?.[0] ?? raw.replace('dear', '7'));
      expect(done).toMatchObject({ rows_loaded: 2, rows_quarantined: 6 });
      expect(await left()).toEqual(WRONG.map(([wrong, reason], at) => [bad[at], reason, wrong.replace('\0', nul)]));
      expect(await replay((raw) => raw.replace('cheap', '9'))).toMatchObject({ outcome: 'committed', rows_loaded: 8, rows_quarantined: 0 });
    });

    test('of every row loads nothing, and is told with each of them', async () => {
      const first = await load('t.csv', PRICES, TYPES);
      expect(await replay(() => 'x')).toMatchObject({ rows_loaded: 3, rows_quarantined: 3, replay_of: first.load_id });
      expect((await left()).map(([, reason]) => reason)).toEqual(Array(3).fill('it has 1 value instead of 3'));
    });
  });

  test('a mended row keeps to the types that were guessed: 007 is no number there', async () => {
    await load('t.csv', 'a,b\n1,1\n2\n3,3\n');
    expect(await replay(() => '007,2')).toMatchObject({ rows_loaded: 2, rows_quarantined: 1 });
    expect(await replay(() => '7,2')).toMatchObject({ rows_loaded: 3 });
  });

  test('lines of JSON are mended as lines of JSON', async () => {
    await load('t.ndjson', '{"a": 1, "b": {"k": [1.10]}}\n{"a": 2, "b": \n{"a": 3}\n');
    expect(await replay(() => '{"a": 2, "b": {"k": 2.50}, "c": 1}')).toMatchObject({ rows_quarantined: 1 });
    expect(await replay(() => '{"b": {"k": 2.50}, "a": 2}')).toMatchObject({ rows_loaded: 3 });
    expect(await rowsOf()).toEqual([
      ['1', '{"k": [1.10]}'],
      ['2', '{"k": 2.50}'],
      ['3', null],
    ]);
  });

  test('a row of a table of several files is read as its own file is, with the keys of its folders', async () => {
    await trial.write('t/day=1/a.csv', 'x;y\n1;one\n2\n');
    await load('t/day=2/b.csv', 'y,x\none,1\ntwo,2,2\n', { from: 't', partitions: true });
    expect(await replay((raw) => (raw === '2' ? '2;two' : 'two,2'))).toMatchObject({ rows_loaded: 4, rows_quarantined: 0 });
    expect((await warehouse().query('select * from main.t order by day, x')).map(({ x, y, day }) => [String(x), y, String(day)])).toEqual([
      ['1', 'one', '1'],
      ['2', 'two', '1'],
      ['1', 'one', '2'],
      ['2', 'two', '2'],
    ]);
  });

  describe('exactly once', () => {
    test('the same replay again changes nothing and says so, also when its parts are gone', async () => {
      await load('t.csv', PRICES, TYPES);
      const mended = await mend((raw) => SOUND[raw]);
      const first = await warehouse().addMended({ ...mended, ...lease() });
      const again = await warehouse().addMended({ ...mended, ...lease() });
      expect([first.outcome, again.outcome]).toEqual(['committed', 'already']);
      expect(again).toMatchObject({ rows_loaded: 6, replay_of: first.replay_of });
      expect(await rowsOf()).toHaveLength(6);
    });

    test('what was mended of one load is not added to the next one', async () => {
      await load('t.csv', PRICES, TYPES);
      const mended = await mend((raw) => SOUND[raw]);
      await load('t.csv', PRICES, TYPES);
      await expect(warehouse().addMended({ ...mended, ...lease() })).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(await left()).toHaveLength(3);
    });

    test('a load that was planned after the one that stands there takes the place of what was mended', async () => {
      await load('t.csv', PRICES, TYPES);
      const plan = expectPlan(await trial.plan({ name: 't', from: 't.csv', badRowShare: 1, ...TYPES }));
      await replay((raw) => SOUND[raw]);
      const extract = await trial.extract(plan, { load_id: 'later' });
      expect(await warehouse().commit({ extract, verify: 'full', ...lease() })).toMatchObject({ outcome: 'committed', rows_loaded: 3 });
      expect(await left()).toHaveLength(3);
    });

    test('a lease that is not younger than that of the last commit is refused, and nothing is changed', async () => {
      await load('t.csv', PRICES, TYPES);
      const mended = await mend((raw) => SOUND[raw]);
      await expect(warehouse().addMended({ ...mended, ...lease(), token: 1 })).rejects.toMatchObject({ code: 'LEASE_EXPIRED' });
      expect(await left()).toHaveLength(3);
    });

    test('to a table that somebody has changed nothing is added', async () => {
      await load('t.csv', PRICES, TYPES);
      const mended = await mend((raw) => SOUND[raw]);
      await place.change("update main.t set name = 'z' where id = 1");
      await expect(warehouse().addMended({ ...mended, ...lease() })).rejects.toMatchObject({ code: 'TABLE_UNVERIFIED' });
      expect(await rowsOf()).toHaveLength(3);
      expect(await left()).toHaveLength(3);
    });

    test('killed at any moment it leaves all rows in quarantine or all in the table, and the next try ends it', {
      timeout: seconds(120),
    }, async () => {
      const rows = Array.from({ length: 40_000 }, (_, id) => (id % 4 === 0 ? `${id}` : `${id},name ${id}`));
      await load('t.csv', `id,name\n${rows.join('\n')}\n`);
      const mended = await mend((raw) => `${raw},mended`);
      const counts = async () => [(await warehouse().query('select count(*)::integer as n from main.t'))[0]?.['n'], (await left()).length];
      expect(await counts()).toEqual([30_000, 10_000]);
      const before = await mendAndKill({ folder: trial.root, address, mended, token: 5, afterMs: 0 });
      expect(before).toBeGreaterThan(0);
      for (const afterMs of [60, 200, 400]) {
        await mendAndKill({ folder: trial.root, address, mended, token: ++leases + 5, afterMs });
        expect([
          [30_000, 10_000],
          [40_000, 0],
        ]).toContainEqual(await counts());
      }
      const { outcome } = await warehouse().addMended({ ...mended, ...lease(), token: 100 });
      expect(['committed', 'already']).toContain(outcome);
      expect(await counts()).toEqual([40_000, 0]);
    });
  });
});
