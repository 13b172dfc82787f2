import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithExtensions } from '../../../tests/support/extensions.ts';
import { seconds } from '../../../tests/support/patience.ts';
import type { Extract } from '../src/model.ts';
import { loadExtract } from './support/postgres-source.ts';
import { makeSqlite, type TestSqlite } from './support/sqlite-file.ts';

interface Case {
  /** As it is declared. */
  readonly declared: string;
  /** In SQL of SQLite. */
  readonly values: readonly string[];
  readonly becomes: string;
  readonly texts: readonly string[];
  /** What the notes say of the column. */
  readonly note?: string;
}

const FLOATS = ['0.1', '1e308', '-1.7976931348623157e308', '2.2250738585072014e-308', '5e-324', '-4.9406564584124654e-324', '9e999', '-9e999', '3'];
const FLOAT_TEXTS = ['0.1', '1e+308', '-1.7976931348623157e+308', '2.2250738585072014e-308', '5e-324', '-5e-324', 'inf', '-inf', '3.0'];

/** A declaration binds nobody in SQLite: the values decide. */
const CASES: readonly Case[] = [
  {
    declared: 'int',
    values: ['0', '9223372036854775807', '-9223372036854775808'],
    becomes: 'BIGINT',
    texts: ['0', '9223372036854775807', '-9223372036854775808'],
  },
  { declared: 'unsigned big int', values: ['1', "'2'"], becomes: 'BIGINT', texts: ['1', '2'] },
  { declared: 'int', values: ['1', "'two'"], becomes: 'VARCHAR', texts: ['1', 'two'], note: 'not all of its values are what its int says' },
  { declared: 'int', values: ['1', '1.5'], becomes: 'DOUBLE', texts: ['1.0', '1.5'], note: 'int says' },
  { declared: 'int', values: ['9007199254740993', '1.5'], becomes: 'VARCHAR', texts: ['9007199254740993', '1.5'], note: 'int says' },
  { declared: 'real', values: FLOATS, becomes: 'DOUBLE', texts: FLOAT_TEXTS },
  { declared: 'double precision', values: ['1', "'2.5'"], becomes: 'DOUBLE', texts: ['1.0', '2.5'] },
  { declared: 'float', values: ['1.5', "'n/a'", '5e-324'], becomes: 'VARCHAR', texts: ['1.5', 'n/a', '5e-324'], note: 'float says' },
  {
    declared: 'decimal(10,2)',
    values: ['1.5', '-0.05', '99999999.99', '7'],
    becomes: 'DECIMAL(10,2)',
    texts: ['1.50', '-0.05', '99999999.99', '7.00'],
  },
  { declared: 'numeric(5)', values: ['99999'], becomes: 'DECIMAL(5,0)', texts: ['99999'] },
  { declared: 'decimal(10,2)', values: ['1.005'], becomes: 'DOUBLE', texts: ['1.005'], note: 'decimal(10,2) says' },
  { declared: 'decimal(38,10)', values: ['1', '1.25'], becomes: 'DOUBLE', texts: ['1.0', '1.25'] },
  { declared: 'decimal', values: ['1', '12345678901234567'], becomes: 'BIGINT', texts: ['1', '12345678901234567'] },
  { declared: 'boolean', values: ['true', '0'], becomes: 'BOOLEAN', texts: ['true', 'false'] },
  { declared: 'boolean', values: ['1', '2'], becomes: 'BIGINT', texts: ['1', '2'], note: 'boolean says' },
  { declared: 'bool', values: ["'true'", "'f'"], becomes: 'VARCHAR', texts: ['true', 'f'], note: 'bool says' },
  { declared: 'date', values: ["'2024-02-29'", "'9999-12-31'", "'0001-01-01'"], becomes: 'DATE', texts: ['2024-02-29', '9999-12-31', '0001-01-01'] },
  { declared: 'date', values: ["'2023-02-29'"], becomes: 'VARCHAR', texts: ['2023-02-29'], note: 'date says' },
  { declared: 'date', values: ["'0000-00-00'", "'2024-01-01'"], becomes: 'VARCHAR', texts: ['0000-00-00', '2024-01-01'], note: 'date says' },
  { declared: 'date', values: ["'2024-02-29 10:00:00'"], becomes: 'TIMESTAMP', texts: ['2024-02-29 10:00:00'], note: 'date says' },
  {
    declared: 'datetime',
    values: ["'2024-02-29 10:00'", "'2024-02-29T23:59:59.123456'", "'1969-12-31 00:00:00.5'", '0'],
    becomes: 'VARCHAR',
    texts: ['2024-02-29 10:00', '2024-02-29T23:59:59.123456', '1969-12-31 00:00:00.5', '0'],
    note: 'datetime says',
  },
  {
    declared: 'datetime',
    values: ["'2024-02-29 10:00'", "'2024-02-29T23:59:59.123456'", "'1969-12-31 00:00:00.5'"],
    becomes: 'TIMESTAMP',
    texts: ['2024-02-29 10:00:00', '2024-02-29 23:59:59.123456', '1969-12-31 00:00:00.5'],
  },
  { declared: 'timestamp', values: ["'2024-02-29T10:00:00Z'"], becomes: 'VARCHAR', texts: ['2024-02-29T10:00:00Z'], note: 'timestamp says' },
  { declared: 'timestamp', values: ['1709200800'], becomes: 'BIGINT', texts: ['1709200800'], note: 'timestamp says' },
  { declared: 'timestamp', values: ['2460369.9166667'], becomes: 'DOUBLE', texts: ['2460369.9166667'], note: 'timestamp says' },
  { declared: 'timestamp', values: ["'2024-02-29'"], becomes: 'DATE', texts: ['2024-02-29'], note: 'timestamp says' },
  {
    declared: 'varchar(3)',
    values: ["'longer'", "''", "'ẞ😀'", "'a' || char(0) || 'b'", "char(65279) || 'x'", "'�'", '12', '1.50'],
    becomes: 'VARCHAR',
    texts: ['longer', '', 'ẞ😀', 'a\0b', '<BOM>x', '�', '12', '1.5'],
  },
  { declared: 'text', values: ["'\ue000'", "'😀'", "'\uffff'"], becomes: 'VARCHAR', texts: ['\ue000', '😀', '\uffff'] },
  { declared: 'time', values: ["'10:00:00'"], becomes: 'VARCHAR', texts: ['10:00:00'] },
  { declared: 'json', values: [`'{"a": 1}'`], becomes: 'VARCHAR', texts: ['{"a": 1}'] },
  { declared: 'blob', values: ["x'00ff'", "x''", 'zeroblob(3)'], becomes: 'BLOB', texts: ['\\x00\\xFF', '', '\\x00\\x00\\x00'] },
  { declared: 'blob', values: ["'a text'", '5'], becomes: 'VARCHAR', texts: ['a text', '5'], note: 'blob says' },
  { declared: '', values: ['1', '2'], becomes: 'BIGINT', texts: ['1', '2'] },
  { declared: '', values: ['1', '2.5'], becomes: 'DOUBLE', texts: ['1.0', '2.5'] },
  { declared: '', values: ['1', "'x'", '0.1'], becomes: 'VARCHAR', texts: ['1', 'x', '0.1'] },
  { declared: '', values: ["x'01'"], becomes: 'BLOB', texts: ['\\x01'] },
  { declared: 'nonsense', values: ["'x'"], becomes: 'VARCHAR', texts: ['x'] },
];

describeWithExtensions('every kind of value that SQLite keeps, in columns of every declaration', () => {
  let file: TestSqlite;
  let extract: Extract;
  let warehouse: Awaited<ReturnType<typeof loadExtract>> | undefined;
  beforeAll(async () => {
    file = await makeSqlite();
    const rows = Array.from({ length: Math.max(...CASES.map(({ values }) => values.length)) + 1 }, (_, row) => row);
    file.sql(`create table types (id integer primary key, ${CASES.map(({ declared }, index) => `c${index} ${declared}`).join(', ')});
      insert into types values ${rows.map((row) => `(${[row, ...CASES.map(({ values }) => values[row] ?? 'null')].join(', ')})`).join(', ')}`);
    extract = await file.extract('main.types');
    warehouse = await loadExtract(extract);
  }, seconds(30));
  afterAll(async () => {
    warehouse?.[Symbol.dispose]();
    await file[Symbol.asyncDispose]();
  });

  test.each(CASES.map((each, index) => ({ ...each, column: `c${index}`, named: `${each.declared || 'none'} with ${each.values[0]}` })))(
    '$named is $becomes, value by value',
    async ({ column, becomes, texts, note }) => {
      const found = await warehouse?.query(`select replace(${column}::VARCHAR, chr(65279), '<BOM>') from t order by id limit ${texts.length + 1}`);
      expect(found?.flat()).toEqual([...texts, null]);
      expect(await warehouse?.query(`select distinct typeof(${column}) from t`)).toEqual([[becomes]]);
      const notes = extract.plan.notes.filter((each) => each.startsWith(`Column ${column} `));
      expect(notes).toEqual(note ? [expect.stringMatching(new RegExp(note.replaceAll(/[()]/g, '.'), 'i'))] : []);
    },
  );

  test('nothing is in quarantine, and sums and the checksum of all rows are the same on both sides', async () => {
    expect(await warehouse?.quarantine()).toEqual([]);
    expect(await warehouse?.sums()).toEqual(extract.sums);
    expect(extract.sums.checksum).toMatch(/^\d+$/);
  });
});
