import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { duckdbRowChecksum } from '../src/duckdb/sums.ts';
import type { Extract } from '../src/model.ts';
import { postgresRowChecksum, postgresSums } from '../src/postgres/types/sums.ts';
import { readSums, sealSums } from '../src/types/table-sums.ts';
import { LANES } from './support/lanes.ts';
import { loadExtract, openTestSource, type TestSource } from './support/postgres-source.ts';
import { OWN_TYPES, TYPE_CASES, type TypeCase } from './support/postgres-types.ts';

let source: TestSource;
beforeAll(async () => {
  source = await openTestSource(inject('postgres'));
  await source.sql(OWN_TYPES);
  await seed('types');
});
afterAll(() => source[Symbol.asyncDispose]());

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** All types side by side in one table: column `c3` is the fourth case, its values in the rows from 0 on, and null below them. */
async function seed(table: string): Promise<void> {
  const rows = Array.from({ length: Math.max(...TYPE_CASES.map(({ values }) => values.length)) + 1 }, (_, row) => row);
  const value = ({ values }: TypeCase, row: number) => {
    const one = values[row];
    return one === undefined ? 'null' : quoted(typeof one === 'string' ? one : one[0]);
  };
  await source.sql(`
    create table ${table} (id int, ${TYPE_CASES.map(({ type }, index) => `c${index} ${type}`).join(', ')});
    insert into ${table} values ${rows.map((row) => `(${[row, ...TYPE_CASES.map((each) => value(each, row))].join(', ')})`).join(', ')}`);
}

describe.each(LANES)('every type of PostgreSQL at its edges, by %s', (lane) => {
  let extract: Extract;
  let warehouse: Awaited<ReturnType<typeof loadExtract>>;
  beforeAll(async () => {
    extract = await source.extract('public.types', { lane });
    expect({ lane: extract.lane, notes: extract.plan.notes.filter((note) => note.includes('COPY')) }).toEqual({ lane, notes: [] });
    warehouse = await loadExtract(extract);
  });
  afterAll(() => warehouse[Symbol.dispose]());

  test.each(TYPE_CASES.map((each, index) => ({ ...each, column: `c${index}` })))(
    '$type is $becomes, value by value',
    async ({ column, becomes, values }) => {
      // The library's decoder takes a byte order mark off each text that it hands out.
      const texts = await warehouse.query(`select replace(${column}::VARCHAR, chr(65279), '<BOM>') from t order by id limit ${values.length + 1}`);
      const expected = values.map((value) => (typeof value === 'string' ? value : value[1]).replace('\ufeff', '<BOM>'));
      expect(texts.flat()).toEqual([...expected, null]);
      expect(await warehouse.query(`select distinct typeof(${column}) from t`)).toEqual([[becomes]]);
    },
  );

  test('nothing is in quarantine, and sums and the checksum of all rows are the same on both sides', async () => {
    expect(await warehouse.quarantine()).toEqual([]);
    expect(await warehouse.sums()).toEqual(extract.sums);
    expect(extract.sums.checksum).toMatch(/^\d+$/);
  });

  test('sums are the same in the SQL for older servers, for databases in another encoding, tables of large values', async () => {
    for (const dialect of [
      { version: 150000, utf8: true, toasted: false },
      { version: 180000, utf8: false, toasted: false },
      { version: 180000, utf8: true, toasted: true },
    ]) {
      const expressions = postgresSums(extract.plan.columns, dialect);
      const list = [...expressions.map(({ sql }) => sql), postgresRowChecksum(extract.plan.columns, dialect, 'full')].map((sql) => `(${sql})::text`);
      const { rows } = await source
        .sql(`set timezone = 'UTC'; select array[${list.join(', ')}] as sums from types`)
        .then((results) => [results].flat().at(-1) ?? { rows: [] });
      const values = (rows[0] as { sums: (string | null)[] }).sums;
      const sums = { rows: extract.sums.rows, columns: readSums(expressions, values), checksum: values.at(-1) ?? null };
      expect(sealSums(sums)).toEqual(extract.sums);
    }
  });

  test('the checksum differs when one value has changed, whatever its type', async () => {
    const pairs = extract.plan.columns.slice(1).map((column) => {
      const checksum = duckdbRowChecksum({ columns: [column] });
      return `[(select ${checksum} from t)::VARCHAR, (select ${checksum} from (select case when id > 0 then ${column.name} end as ${column.name} from t))::VARCHAR]`;
    });
    const [found] = await warehouse.query(`select ${pairs.join(', ')}`);
    for (const [before, after] of found as [string, string][]) expect(before).not.toBe(after);
  });
});
