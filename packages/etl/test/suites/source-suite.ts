import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { etlPaths } from '../../src/home.ts';
import type { Extract, TablePlan, TableSpec } from '../../src/model.ts';
import type { Extraction, Source } from '../../src/sources/source.ts';
import { BAD_ROW_COLUMNS } from '../../src/stage/bad-rows.ts';
import { loadExtract } from '../support/postgres-source.ts';
import { quietContext } from '../support/warehouse-load.ts';

/** Columns of a table, each with its neutral type, and rows as texts. */
export interface TableContent {
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: readonly (readonly (string | null)[])[];
}

/** A source that is empty, and the hand that fills it. */
export interface SourceTrial extends AsyncDisposable {
  readonly source: Source;
  /** A home to read it into. */
  readonly home: string;
  /** Makes a table, or makes it anew, and says how it is asked for. */
  put(name: string, content: TableContent): Promise<TableSpec>;
  drop(name: string): Promise<void>;
  /** Names of columns that differ by case only are one there. */
  readonly foldsNames?: true;
  /** A table of three rows of which the second cannot be kept exactly. */
  putBadRow(name: string): Promise<TableSpec>;
}

const PEOPLE: TableContent = {
  columns: { id: 'BIGINT', name: 'VARCHAR', price: 'DECIMAL(10,2)', good: 'BOOLEAN', day: 'DATE', at: 'TIMESTAMP', ratio: 'DOUBLE' },
  rows: [
    ['1', 'a "quoted", b', '1.50', 'true', '2026-01-31', '2026-01-31 10:00:00', '0.1'],
    ['2', 'two\nlines', '-0.05', 'false', '2024-02-29', '1999-12-31 23:59:59', '-2.5'],
    ['3', 'back\\slash\t😀', '99999999.99', 'true', '1970-01-01', '2026-01-01 00:00:00', '100000.5'],
    ['4', null, null, null, null, null, null],
  ],
};

const ids = (count: number): TableContent => ({
  columns: { id: 'BIGINT', text: 'VARCHAR' },
  rows: Array.from({ length: count }, (_, index) => [`${index}`, `a text of row ${index} `.repeat(12)]),
});

/** What every source must do: the function is called in a test file with what makes one. */
export function sourceSuite(what: string, make: () => Promise<SourceTrial>): void {
  const signal = () => new AbortController().signal;
  const planOf = async ({ source }: SourceTrial, spec: TableSpec, sample = 1): Promise<TablePlan> => {
    const plan = await source.plan(spec, { sample, signal: signal() });
    if ('columns' in plan) return plan;
    throw new Error(plan.reason);
  };
  const read = async (trial: SourceTrial, spec: TableSpec, more: Partial<Extraction> = {}): Promise<Extract> => {
    const plan = more.plan ?? (await planOf(trial, spec));
    const common = { load_id: 'load', home: trial.home, verify: 'full' as const, context: quietContext(), planAnew: () => planOf(trial, spec) };
    return await trial.source.extract({ ...common, ...more, plan });
  };
  /** Rows of all parts, as texts, in the order of their first column. */
  const rowsOf = async (extract: Extract) => {
    using loaded = await loadExtract(extract);
    return (await loaded.query('select columns(*)::varchar from (from t order by 1)')) as (string | null)[][];
  };
  /** The source's half of the verification: its sums are those of the parts, by another way. */
  const expectSums = async (extract: Extract) => {
    using loaded = await loadExtract(extract);
    expect(await loaded.sums()).toEqual(extract.sums);
    expect(extract.parts.reduce((sum, { rows }) => sum + rows, 0) + extract.rows_quarantined).toBe(extract.rows_read);
  };

  describe(what, () => {
    test('its tables are listed by their names, all or those of a pattern; a pattern that names none is a slip', async () => {
      await using trial = await make();
      const [one, two] = [await trial.put('one', ids(1)), await trial.put('two', ids(2))];
      const list = async (only?: string) => [...(await trial.source.list({ only, signal: signal() })).tables].sort();
      expect(await list()).toEqual([one.name, two.name].sort());
      expect(await list('*.tw*')).toEqual([two.name]);
      await expect(list('*.three')).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('three') });
    });

    test('a table that is not there is a sentence, and no error', async () => {
      await using trial = await make();
      const { name, ...spec } = await trial.put('orders', ids(1));
      await trial.drop('orders');
      await trial.put('others', ids(1));
      const plan = await trial.source.plan({ ...spec, name }, { sample: 1, signal: signal() });
      expect(plan).toMatchObject({ table: name, reason: expect.stringContaining('orders') });
    });

    test('a plan has the neutral types of the columns, and what a person has said', async () => {
      await using trial = await make();
      const spec = await trial.put('people', PEOPLE);
      const plan = await planOf(trial, spec);
      expect(Object.fromEntries(plan.columns.map(({ name, neutral_type }) => [name, neutral_type]))).toEqual(PEOPLE.columns);
      expect(plan).toMatchObject({ table: spec.name, source: spec.source, chunk_mb: 64, bad_rows: 'quarantine', bad_row_share: 0.001, sample: 1 });
      const said = await planOf(trial, { ...spec, chunkMb: 1, badRows: 'fail', badRowShare: 0.5 }, 0.25);
      expect(said).toMatchObject({ chunk_mb: 1, bad_rows: 'fail', bad_row_share: 0.5, sample: 0.25 });
    });

    test('every value is in the parts as it is in the source, and the sums of the source are those of the parts', async () => {
      await using trial = await make();
      const extract = await read(trial, await trial.put('people', PEOPLE));
      expect(extract).toMatchObject({ rows_read: 4, rows_quarantined: 0, quarantine_file: null });
      expect(await rowsOf(extract)).toEqual(PEOPLE.rows);
      await expectSums(extract);
    });

    test.each(['sums', 'full'] as const)('one value that has changed is seen in the sums of its column: %s', async (verify) => {
      await using trial = await make();
      const before = await read(trial, await trial.put('people', PEOPLE), { verify });
      const [first = [], ...rest] = PEOPLE.rows;
      const changed = { ...PEOPLE, rows: [first.with(2, '1.51'), ...rest] };
      const after = await read(trial, await trial.put('people', changed), { verify });
      expect(after.sums.columns['price']).not.toEqual(before.sums.columns['price']);
      expect({ ...after.sums.columns, price: null }).toEqual({ ...before.sums.columns, price: null });
      expect(after.sums.checksum === before.sums.checksum).toBe(verify === 'sums');
    });

    test('a table without rows has no parts and its columns', async () => {
      await using trial = await make();
      const extract = await read(trial, await trial.put('people', { ...PEOPLE, rows: [] }));
      expect(extract).toMatchObject({ parts: [], rows_read: 0, sums: { rows: 0 } });
      expect(extract.plan.columns.map(({ name }) => name)).toEqual(Object.keys(PEOPLE.columns));
    });

    test('a large table is several parts, of which none has a row twice', async () => {
      await using trial = await make();
      const extract = await read(trial, { ...(await trial.put('large', ids(12_000))), chunkMb: 1 });
      expect(extract.parts.length).toBeGreaterThan(1);
      await expectSums(extract);
      expect(new Set((await rowsOf(extract)).map(([id]) => id)).size).toBe(12_000);
    });

    test('of names that differ by case only, and of odd ones, each column keeps its own', async () => {
      await using trial = await make();
      const columns = { id: 'BIGINT', [trial.foldsNames ? 'ÏD' : 'ID']: 'BIGINT', 'Cost "Total" $': 'BIGINT', select: 'BIGINT' };
      const extract = await read(trial, await trial.put('odd', { columns, rows: [['1', '2', '3', '4']] }));
      expect(await rowsOf(extract)).toEqual([['1', '2', '3', '4']]);
      expect(new Set(extract.plan.columns.map(({ name }) => name.toLowerCase())).size).toBe(4);
      expect(extract.plan.columns.map(({ source_name }) => source_name)).toEqual(Object.keys(columns));
      if (!trial.foldsNames) expect(extract.plan.notes).toContainEqual(expect.stringMatching(/^Column (?:id|ID) is called \w+ in the warehouse/));
    });

    test('a row that cannot be kept exactly goes to quarantine with its reason, or fails the table', async () => {
      await using trial = await make();
      const spec = await trial.putBadRow('bad');
      const extract = await read(trial, spec);
      expect(extract).toMatchObject({ rows_read: 3, rows_quarantined: 1, sums: { rows: 2 } });
      await expectSums(extract);
      using loaded = await loadExtract(extract);
      expect(await loaded.quarantine()).toMatchObject([{ 3: expect.stringMatching(/./), 4: expect.stringMatching(/./) }]);
      const names = await loaded.query(`describe from read_parquet('${extract.quarantine_file}')`);
      expect(names.map(([name]) => name)).toEqual(BAD_ROW_COLUMNS.map(([name]) => name.replaceAll('"', '')));
      await expect(read(trial, { ...spec, badRows: 'fail' })).rejects.toMatchObject({ code: 'TABLE_UNREADABLE', kind: { lasting: true } });
    });

    test('a table that has changed since it was planned is read as it is now, and the notes say so', async () => {
      await using trial = await make();
      const plan = await planOf(trial, await trial.put('t', { columns: { id: 'BIGINT' }, rows: [['1']] }));
      const spec = await trial.put('t', { columns: { id: 'BIGINT', more: 'VARCHAR' }, rows: [['1', 'x']] });
      const extract = await read(trial, spec, { plan });
      expect(await rowsOf(extract)).toEqual([['1', 'x']]);
      expect(extract.plan.notes).toContainEqual(expect.stringContaining('planned again'));
      await expectSums(extract);
    });

    test('a table that is gone since it was planned is an error with a next step', async () => {
      await using trial = await make();
      const spec = await trial.put('t', ids(1));
      const plan = await planOf(trial, spec);
      await trial.drop('t');
      await expect(read(trial, spec, { plan })).rejects.toMatchObject({ code: 'TABLE_UNREADABLE', hint: expect.stringMatching(/./) });
    });

    test('the same load again takes the place of what was read before', async () => {
      await using trial = await make();
      const spec = await trial.put('people', PEOPLE);
      const first = await read(trial, spec);
      const again = await read(trial, spec);
      expect(again.sums).toEqual(first.sums);
      expect(await rowsOf(again)).toEqual(PEOPLE.rows);
    });

    test('one that is stopped says why, and leaves no spool behind', async () => {
      await using trial = await make();
      const spec = await trial.put('large', ids(2000));
      const plan = await planOf(trial, spec);
      const controller = new AbortController();
      controller.abort(new Error('cancelled'));
      await expect(read(trial, spec, { plan, context: quietContext(controller.signal) })).rejects.toThrow('cancelled');
      expect(await readdir(etlPaths(trial.home).spool).catch(() => [])).toEqual([]);
    });
  });
}
