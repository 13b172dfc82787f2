import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { duckdbRowChecksum, duckdbSumsQuery, readDuckdbSums } from '../src/duckdb/sums.ts';
import type { ColumnPlan, Extract, TableSums } from '../src/model.ts';
import { addNumbers, addSums, sealSums } from '../src/types/table-sums.ts';
import { loadExtract, openTestSource, type TestSource } from './support/postgres-source.ts';

test.each([
  ['1', '2', '3'],
  ['-1', '1', '0'],
  ['9223372036854775807', '9223372036854775807', '18446744073709551614'],
  ['0.05', '-0.10', '-0.05'],
  ['-0.99', '0.99', '0.00'],
  ['99999999999999999999999999999999999999.5', '0.5', '100000000000000000000000000000000000000.0'],
  [null, '1.5', '1.5'],
  ['1.5', null, '1.5'],
  [null, null, null],
])('%s and %s are %s', (a, b, sum) => {
  expect(addNumbers(a, b)).toBe(sum);
});

test('sums of two parts together: numbers add up, bounds are the outer ones by bytes', () => {
  const sums = (rows: number, n: string, min: string | null, max: string | null): TableSums => ({
    rows,
    columns: { v: { n, min, max } },
    checksum: `${rows}`,
  });
  // U+FF5E is before an emoji by bytes, and behind it in the order of UTF-16.
  const both = addSums(addSums(sums(2, '2', 'b', '\uff5e'), sums(1, '1', 'a', '😀')), sums(1, '0', null, null));
  expect(both).toEqual({ rows: 4, columns: { v: { n: '3', min: 'a', max: '😀' } }, checksum: '4' });
  expect(sealSums(both).columns['v']).toEqual({ n: '3', min: '0cc175b9c0f1b6a831c399e269772661', max: expect.stringMatching(/^[0-9a-f]{32}$/) });
});

describe('one value that has changed is seen in the sums of its column, and of no other', () => {
  const CHANGES = {
    int8: 'v + 1',
    'numeric(38,10)': 'v + 0.0000000001',
    'numeric(10,2)': '-v',
    float8: 'v + 1e-15',
    float4: '-v',
    bool: 'not v',
    date: 'v + 1',
    timestamptz: 'v + interval 1 microsecond',
    time: 'v + interval 1 microsecond',
    timetz: `'12:00:01+02'::TIMETZ`,
    interval: 'v + interval 1 microsecond',
    text: `v || ' '`,
    'char(6)': `rpad('z', 6, ' ')`,
    bytea: `'\\x00\\x02'::BLOB`,
    uuid: `replace(v::VARCHAR, '0', '1')::UUID`,
    jsonb: `replace(v::VARCHAR, '1', '2')::JSON`,
    'int[]': '[v[1] + 1] || v[2:]',
    'bit(4)': `'1111'::BIT`,
    int4range: `replace(v, '1', '2')`,
  };
  const VALUES = {
    int8: '1',
    'numeric(38,10)': '1.5',
    'numeric(10,2)': '2.50',
    float8: '0.1',
    float4: '0.5',
    bool: 'true',
    date: '2024-02-29',
    timestamptz: '2024-01-01',
    time: '12:00',
    timetz: '12:00+02',
    interval: '1 day',
    text: 'abc',
    'char(6)': 'abc',
    bytea: '\\x0001',
    uuid: '00000000-0000-0000-0000-000000000000',
    jsonb: '{"a": 1}',
    'int[]': '{1,2}',
    'bit(4)': '0101',
    int4range: '[1,5)',
  } satisfies Record<keyof typeof CHANGES, string>;
  const TYPES = Object.keys(VALUES) as (keyof typeof VALUES)[];

  let source: TestSource;
  let extract: Extract;
  let warehouse: Awaited<ReturnType<typeof loadExtract>>;
  beforeAll(async () => {
    source = await openTestSource(inject('postgres'));
    await source.sql(`create table changes (id int, ${TYPES.map((type, index) => `c${index} ${type}`).join(', ')});
      insert into changes select i, ${TYPES.map((type) => `'${VALUES[type]}'`).join(', ')} from generate_series(1, 3) i`);
    extract = await source.extract('public.changes');
    warehouse = await loadExtract(extract);
  });
  afterAll(async () => {
    warehouse[Symbol.dispose]();
    await source[Symbol.asyncDispose]();
  });

  test.each(TYPES.map((type, index) => [type, `c${index}`] as const))('%s', async (type, column) => {
    const changed = `(select * replace (case when id = 2 then ${CHANGES[type].replaceAll(/\bv\b/g, column)} else ${column} end as ${column}) from t) as changed`;
    const [row] = await warehouse.query(duckdbSumsQuery(extract.plan, changed, 'sums'));
    const sums = readDuckdbSums(extract.plan, row?.[0] as (string | null)[]);
    expect(sums.columns[column]).not.toEqual(extract.sums.columns[column]);
    expect({ ...sums.columns, [column]: null }).toEqual({ ...extract.sums.columns, [column]: null });
  });
});

test('types of DuckDB have sums by their own names, for plans of files', async () => {
  const types = {
    BIGINT: '1',
    UTINYINT: '255',
    HUGEINT: '170141183460469231731687303715884105727',
    'DECIMAL(38,2)': '1.5',
    'DECIMAL(9,9)': '0.5',
    DOUBLE: "'nan'",
    FLOAT: "'-inf'",
    BOOLEAN: 'true',
    DATE: "'infinity'",
    TIME: "'24:00:00'",
    TIMESTAMP: "'-infinity'",
    TIMESTAMP_NS: "'2024-01-01 00:00:00.123456789'",
    'TIMESTAMP WITH TIME ZONE': "'2024-01-01'",
    VARCHAR: "'x'",
    BLOB: "'\\x00'",
    UUID: 'uuid()',
    JSON: "'{}'",
    'INTEGER[]': '[1, null]',
    'STRUCT(a INTEGER, b VARCHAR)': "{a: 1, b: 'x'}",
    'MAP(VARCHAR, INTEGER)': "map {'a': 1}",
    BIT: "'01'",
    INTERVAL: "'1 day'",
    "ENUM('a', 'b')": "'a'",
    'TIME WITH TIME ZONE': "'12:00:00+01'",
  };
  const columns = Object.keys(types).map(
    (type, index): ColumnPlan => ({ source_name: `c${index}`, name: `c${index}`, source_type: type, type, type_args: {}, neutral_type: type }),
  );
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`create table t (${columns.map(({ name, type }) => `${name} ${type}`).join(', ')})`);
  await connection.run(`insert into t values (${Object.values(types).join(', ')}), (${columns.map(() => 'null').join(', ')})`);
  const [row] = (await connection.runAndReadAll(duckdbSumsQuery({ columns }, 't', 'full'))).getRowsJson();
  const sums = readDuckdbSums({ columns }, row?.[0] as (string | null)[]);
  expect(sums.rows).toBe(2);
  for (const { name, type } of columns)
    expect([type, sums.columns[name]?.['n'], Object.values(sums.columns[name] ?? {}).includes(null)]).toEqual([type, '1', false]);
  connection.closeSync();
  instance.closeSync();
});

test('the checksum of a wide table is PostgreSQL’s, and its expression holds no text twice, which DuckDB would look for', async () => {
  await using source = await openTestSource(inject('postgres'));
  const types = ['int', 'text', 'numeric(10,2)', 'timestamptz', 'float8', 'text[]', 'jsonb', 'bytea'];
  const values = ['1', "'v:'", '1.25', "'2024-01-01'", '0.5', "'{a,NULL}'", `'{"a": 1}'`, "'\\x00'"];
  for (const count of [100, 101, 500]) {
    const columns = Array.from({ length: count }, (_, index) => `c${index} ${types[index % types.length]}`);
    await source.sql(`drop table if exists wide; create table wide (${columns.join(', ')}); insert into wide (c0) values (7);
      insert into wide values (${columns.map((_, index) => values[index % values.length]).join(', ')})`);
    const extract = await source.extract('public.wide');
    using warehouse = await loadExtract(extract);
    expect(await warehouse.sums()).toEqual(extract.sums);
    const uses = duckdbRowChecksum(extract.plan).split('"c1"').length - 1;
    expect(uses).toBe(count > 100 ? 1 : 2);
  }
});
