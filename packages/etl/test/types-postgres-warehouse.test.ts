import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { destinationAt } from '../src/destinations/table.ts';
import type { Extract, Load } from '../src/model.ts';
import { identifier } from '../src/types/sql.ts';
import { OF_FILES } from './support/file-types.ts';
import { openTestSource, type TestSource } from './support/postgres-source.ts';
import { OWN_TYPES, TYPE_CASES, type TypeCase } from './support/postgres-types.ts';
import { openPostgresWarehouse, type PostgresTrial } from './support/postgres-warehouse.ts';
import { makeExtract, quietContext } from './support/warehouse-load.ts';

/* What becomes of values in a warehouse of PostgreSQL: of those that come from PostgreSQL, and of those that come from files. */

let token = 0;
const commit = (address: string, extract: Extract): Promise<Load> =>
  destinationAt(address).commit({ extract, verify: 'full', token: ++token, flow_run_id: 'run-1', context: quietContext() });

describe('every type of PostgreSQL at its edges', () => {
  let source: TestSource;
  let load: Load;
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
  beforeAll(async () => {
    source = await openTestSource(inject('postgres'));
    const rows = Array.from({ length: Math.max(...TYPE_CASES.map(({ values }) => values.length)) + 1 }, (_, row) => row);
    const value = ({ values }: TypeCase, row: number) => {
      const one = values[row];
      return one === undefined ? 'null' : quoted(typeof one === 'string' ? one : one[0]);
    };
    await source.sql(`${OWN_TYPES};
      create table types (id int, ${TYPE_CASES.map(({ type }, index) => `c${index} ${type}`).join(', ')});
      insert into types values ${rows.map((row) => `(${[row, ...TYPE_CASES.map((each) => value(each, row))].join(', ')})`).join(', ')}`);
    const extract = await source.extract('public.types');
    load = await commit(source.url, { ...extract, plan: { ...extract.plan, target: { schema: 'kept', name: 'types' } } });
  });
  afterAll(() => source[Symbol.asyncDispose]());

  test('the table is verified by the md5 of every row', () => {
    expect(load).toMatchObject({ verified: true, verify: 'full', rows_quarantined: 0, outcome: 'committed' });
  });

  test.each(TYPE_CASES.map(({ type }, index) => ({ type, column: `c${index}` })))(
    '$type is what it was, value by value',
    async ({ type, column }) => {
      const text = type === 'money' ? `${column}::numeric::text` : `${column}::text`;
      // What has fields of its own is JSON in the warehouse.
      const made = /^point3/.test(type) ? `to_json(${column})::text` : text;
      const of = (table: string, value = text) => `select id, ${value} as value from ${table}`;
      const { rows } = await source
        .sql(
          `set timezone = 'UTC'; select s.value as before, k.value as after from (${of('public.types', made)}) s join (${of('kept.types')}) k using (id)
       where s.value is distinct from k.value`,
        )
        .then((results) => [results].flat().at(-1) ?? { rows: [] });
      expect(rows).toEqual([]);
    },
  );

  test('types that any database has are kept; those of somebody’s own making become what they are made of', async () => {
    const { rows } = await source.sql(`
      select format_type(s.atttypid, s.atttypmod) as before, format_type(k.atttypid, k.atttypmod) as after from pg_attribute s
      join pg_attribute k on k.attname = s.attname and k.attrelid = 'kept.types'::regclass
      where s.attrelid = 'public.types'::regclass and s.attnum > 0 and format_type(s.atttypid, s.atttypmod) <> format_type(k.atttypid, k.atttypmod)
      order by s.attnum`);
    expect(Object.fromEntries(rows.map(({ before, after }) => [before, after]))).toMatchInlineSnapshot(`
      {
        ""char"": "text",
        "floatrange_t": "text",
        "int2vector": "text",
        "label": "text",
        "labels": "text[]",
        "money": "numeric(19,2)",
        "mood": "text",
        "mood[]": "text[]",
        "pg_snapshot": "text",
        "point3": "json",
        "point3[]": "json",
        "positive": "integer",
        "price": "numeric(10,2)",
        "regclass": "text",
        "tid": "text",
        "xid8": "text",
      }
    `);
  });
});

describe('every type of a file', () => {
  let trial: PostgresTrial;
  beforeAll(async () => {
    trial = await openPostgresWarehouse(inject('postgres'));
  });
  afterAll(() => trial[Symbol.asyncDispose]());

  test.each(Object.entries(OF_FILES))('%s is verified by the md5 of every row, alone in its table', async (type, values) => {
    const parts = values.map((value) => `select (${value})::${type} as c`);
    const extract = await makeExtract({ folder: trial.folder, columns: { c: type }, parts: [...parts, `select null::${type} as c`], checksum: true });
    expect(await commit(trial.address, { ...extract, plan: { ...extract.plan, planned_at: new Date().toISOString() } })).toMatchObject({
      verified: true,
      rows_loaded: values.length + 1,
    });
  });

  test('each becomes the type of PostgreSQL that holds its values', async () => {
    const columns = Object.fromEntries(Object.keys(OF_FILES).map((type) => [type, type]));
    const row = Object.entries(OF_FILES).map(([type, values]) => `(${values[0]})::${type} as ${identifier(type)}`);
    const extract = await makeExtract({ folder: trial.folder, name: 'all_types', columns, parts: [`select ${row.join(', ')}`], checksum: true });
    expect(await commit(trial.address, extract)).toMatchObject({ verified: true });
    const { rows } = await trial.sql(
      `select attname, format_type(atttypid, atttypmod) as type from pg_attribute where attrelid = 'public.all_types'::regclass and attnum > 0 order by attnum`,
    );
    expect(Object.fromEntries(rows.map(({ attname, type }) => [attname, type]))).toMatchInlineSnapshot(`
      {
        "BIGINT": "bigint",
        "BIT": "bit varying",
        "BLOB": "bytea",
        "BOOLEAN": "boolean",
        "DATE": "date",
        "DECIMAL(18,3)": "numeric(18,3)",
        "DECIMAL(38,0)": "numeric(38,0)",
        "DECIMAL(38,38)": "numeric(38,38)",
        "DECIMAL(4,4)": "numeric(4,4)",
        "DOUBLE": "double precision",
        "DOUBLE[]": "text",
        "FLOAT": "real",
        "INTEGER": "integer",
        "INTEGER[]": "text",
        "INTERVAL": "text",
        "JSON": "json",
        "MAP(VARCHAR, INTEGER)": "text",
        "SMALLINT": "smallint",
        "STRUCT(a INTEGER, b VARCHAR)": "text",
        "TIME": "time without time zone",
        "TIMESTAMP": "timestamp without time zone",
        "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
        "TIMESTAMP_MS": "timestamp without time zone",
        "TIMESTAMP_NS": "text",
        "TIMESTAMP_S": "timestamp without time zone",
        "TINYINT": "smallint",
        "UBIGINT": "numeric(20,0)",
        "UINTEGER": "bigint",
        "USMALLINT": "integer",
        "UTINYINT": "smallint",
        "UUID": "uuid",
        "VARCHAR": "text",
        "VARCHAR[]": "text",
      }
    `);
  });

  test('a text with a NUL character is refused with the name of its column, and nothing is written', async () => {
    const extract = await makeExtract({
      folder: trial.folder,
      name: 'nul',
      columns: { n: 'INTEGER', word: 'VARCHAR' },
      parts: ["select 1 as n, 'a' || chr(0) as word"],
    });
    await expect(commit(trial.address, extract)).rejects.toMatchObject({
      code: 'TABLE_UNREADABLE',
      message: expect.stringContaining('column "word" holds a NUL character'),
    });
    const late = await makeExtract({
      folder: trial.folder,
      name: 'late',
      columns: { day: 'DATE' },
      parts: ["select date '5877642-06-25 (BC)' as day"],
    });
    await expect(commit(trial.address, late)).rejects.toMatchObject({
      code: 'TABLE_UNREADABLE',
      message: expect.stringContaining('column "day" has a value that PostgreSQL cannot keep'),
    });
    expect((await trial.sql(`select from pg_class where relname in ('nul', 'late') or relname like '\\_sluice\\_stg%'`)).rowCount).toBe(0);
  });
});
