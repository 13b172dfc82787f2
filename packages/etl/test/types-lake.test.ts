import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { describeWithExtensions } from '../../../tests/support/extensions.ts';
import { destinationAt } from '../src/destinations/table.ts';
import type { Extract, Load } from '../src/model.ts';
import { identifier } from '../src/types/sql.ts';
import { OF_FILES } from './support/file-types.ts';
import { type LakeTrial, openLakeTrial } from './support/lake.ts';
import { openTestSource, type TestSource } from './support/postgres-source.ts';
import { OWN_TYPES, TYPE_CASES, type TypeCase } from './support/postgres-types.ts';
import { makeExtract, quietContext } from './support/warehouse-load.ts';

/* What becomes of values in a lake: Parquet has not every type that a DuckDB file has. */

let token = 0;
const commit = ({ address }: LakeTrial, extract: Extract): Promise<Load> =>
  destinationAt(address).commit({ extract, verify: 'full', token: ++token, flow_run_id: 'run-1', context: quietContext() });

const typesOf = async ({ address }: LakeTrial, table: string): Promise<Record<string, string>> => {
  const rows = await destinationAt(address).query(`describe ${table}`);
  return Object.fromEntries(rows.map((row) => [String(row['column_name']), String(row['column_type'])]));
};

describeWithExtensions('every type of PostgreSQL at its edges, in a lake', () => {
  let source: TestSource;
  let lake: LakeTrial;
  let load: Load;
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
  beforeAll(async () => {
    source = await openTestSource(inject('postgres'));
    lake = await openLakeTrial(inject('postgres'));
    const rows = Array.from({ length: Math.max(...TYPE_CASES.map(({ values }) => values.length)) + 1 }, (_, row) => row);
    const value = ({ values }: TypeCase, row: number) => {
      const one = values[row];
      return one === undefined ? 'null' : quoted(typeof one === 'string' ? one : one[0]);
    };
    await source.sql(`${OWN_TYPES};
      create table types (id int, ${TYPE_CASES.map(({ type }, index) => `c${index} ${type}`).join(', ')});
      insert into types values ${rows.map((row) => `(${[row, ...TYPE_CASES.map((each) => value(each, row))].join(', ')})`).join(', ')}`);
    load = await commit(lake, await source.extract('public.types'));
  });
  afterAll(async () => {
    await source[Symbol.asyncDispose]();
    await lake[Symbol.asyncDispose]();
  });

  test('the table is verified by the md5 of every row, and what stands there as text is told', () => {
    expect(load).toMatchObject({ verified: true, verify: 'full', rows_quarantined: 0, outcome: 'committed' });
    const told = load.notes.filter((note) => note.includes('a lake has no'));
    expect(told.map((note) => /a lake has no (\S+); it stands there as (\S+),/.exec(note)?.slice(1).join(' → '))).toEqual(
      expect.arrayContaining(['TIMETZ → VARCHAR', 'INTERVAL → VARCHAR', 'BIT → VARCHAR']),
    );
  });

  test('each value is what it was, byte for byte', async () => {
    const columns = TYPE_CASES.map(({ becomes }, index) => {
      const back = /^(TIMETZ|INTERVAL|BIT)$/.test(becomes) ? `c${index}::${becomes}` : `c${index}`;
      return `hex(encode((${back})::varchar)) as c${index}`;
    });
    const rows = await destinationAt(lake.address).query(`select ${columns.join(', ')} from public.types order by id`);
    for (const [index, { type, values }] of TYPE_CASES.entries()) {
      const texts = values.map((value) =>
        Buffer.from(typeof value === 'string' ? value : value[1])
          .toString('hex')
          .toUpperCase(),
      );
      expect([type, ...rows.slice(0, values.length).map((row) => row[`c${index}`])]).toEqual([type, ...texts]);
    }
  });

  test('each becomes the type of a DuckDB file, but for those that Parquet has not', async () => {
    const types = await typesOf(lake, 'public.types');
    const other = TYPE_CASES.map(({ type, becomes }, index) => [type, becomes, types[`c${index}`]]).filter(([, becomes, is]) => becomes !== is);
    expect(new Set(other.map(([, becomes, is]) => `${becomes} → ${is}`))).toEqual(
      new Set(
        ['TIMETZ → VARCHAR', 'TIME WITH TIME ZONE → VARCHAR', 'INTERVAL → VARCHAR', 'BIT → VARCHAR'].filter((each) =>
          other.some(([, b, i]) => each === `${b} → ${i}`),
        ),
      ),
    );
  });
});

/** More than a database of PostgreSQL is asked for. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  INTERVAL: ["interval '14 months 3 days'"],
  'STRUCT("interval" INTERVAL, i INTERVAL[])': ["{'interval': interval '1 month', 'i': [interval '2 days', null]}"],
  'VARCHAR[][]': ["[['a', null], [], null]"],
  'STRUCT(a STRUCT(b DECIMAL(38,10)), c BLOB)': ["{'a': {'b': 1.5}, 'c': '\\xFF'::BLOB}"],
};

describeWithExtensions('every type of a file, in a lake', () => {
  let lake: LakeTrial;
  beforeAll(async () => {
    lake = await openLakeTrial(inject('postgres'));
  });
  afterAll(() => lake[Symbol.asyncDispose]());
  const all = Object.entries({ ...OF_FILES, ...MORE });

  test('is verified by the md5 of every row, and gives its values back', async () => {
    const rows = Math.max(...all.map(([, values]) => values.length)) + 1;
    const columns = Object.fromEntries(all.map(([type], index) => [`c${index}`, type]));
    const parts = Array.from(
      { length: rows },
      (_, row) => `select ${all.map(([type, values], index) => `(${values[row] ?? 'null'})::${type} as c${index}`).join(', ')}`,
    );
    const extract = await makeExtract({ folder: lake.folder, name: 'all_types', columns, parts, checksum: true });
    expect(await commit(lake, extract)).toMatchObject({ verified: true, rows_loaded: rows });
  });

  test('each becomes itself, but for what Parquet has not', async () => {
    const types = await typesOf(lake, 'public.all_types');
    const changed = all.flatMap(([type], index) => (types[`c${index}`] === type ? [] : [[type, types[`c${index}`]]]));
    expect(Object.fromEntries(changed)).toMatchInlineSnapshot(`
      {
        "BIT": "VARCHAR",
        "INTERVAL": "VARCHAR",
        "STRUCT("interval" INTERVAL, i INTERVAL[])": "STRUCT("interval" VARCHAR, i VARCHAR[])",
      }
    `);
  });

  test('names that DuckLake uses itself are names of columns all the same', async () => {
    const names = ['rowid', 'snapshot_id', 'filename', 'file_row_number', 'file_index', '_ducklake_internal_row_id', 'at'];
    const columns = Object.fromEntries(names.map((name) => [name, 'INTEGER']));
    const parts = [`select ${names.map((name, index) => `${index}::INTEGER as ${identifier(name)}`).join(', ')}`];
    const extract = await makeExtract({ folder: lake.folder, name: 'names', columns, parts, checksum: true });
    expect(await commit(lake, extract)).toMatchObject({ verified: true, rows_loaded: 1 });
    expect(await lake.rows({ schema: 'public', name: 'names' })).toEqual([names.map((_, index) => `${index}`)]);
  });
});
