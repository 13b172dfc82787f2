import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seconds } from '../../../tests/support/patience.ts';
import type { Extract } from '../src/model.ts';
import { describeWithMariadb, startMariadb, type TestMariadb } from './support/mariadb.ts';
import { extractMysql } from './support/mysql-load.ts';
import { loadExtract } from './support/postgres-source.ts';

interface Case {
  readonly declared: string;
  /** In SQL of MySQL. */
  readonly values: readonly string[];
  readonly becomes: string;
  /** The values themselves, without quotes, where nothing is said. */
  readonly texts?: readonly string[];
  readonly note?: string;
}

const FLOATS = [
  '0',
  '-0e0',
  '0.1',
  '1',
  '2',
  '3',
  '0.5',
  '-1.5',
  '1024',
  '1023.9999999999999',
  '0.9999999999999999',
  '1.0000000000000002',
  '4503599627370495.5',
];

const CASES: readonly Case[] = [
  { declared: 'tinyint', values: ['-128', '127'], becomes: 'TINYINT' },
  { declared: 'tinyint unsigned', values: ['0', '255'], becomes: 'UTINYINT' },
  { declared: 'smallint', values: ['-32768', '32767'], becomes: 'SMALLINT' },
  { declared: 'mediumint unsigned', values: ['16777215'], becomes: 'UINTEGER' },
  { declared: 'int', values: ['-2147483648', '2147483647'], becomes: 'INTEGER' },
  { declared: 'int(5) unsigned zerofill', values: ['42'], becomes: 'UINTEGER' },
  { declared: 'bigint', values: ['-9223372036854775808', '9223372036854775807'], becomes: 'BIGINT' },
  { declared: 'bigint unsigned', values: ['0', '18446744073709551615'], becomes: 'UBIGINT' },
  { declared: 'boolean', values: ['true', 'false'], becomes: 'BOOLEAN' },
  { declared: 'tinyint(1)', values: ['0', '7'], becomes: 'TINYINT', note: 'none of BOOLEAN' },
  { declared: 'decimal(10,2)', values: ['1.50', '-0.05', '99999999.99'], becomes: 'DECIMAL(10,2)' },
  { declared: 'decimal(38,10)', values: ['9999999999999999999999999999.9999999999', '-0.0000000001'], becomes: 'DECIMAL(38,10)' },
  { declared: 'decimal(5,5)', values: ['0.00001', '-0.99999'], becomes: 'DECIMAL(6,5)' },
  {
    declared: 'decimal(65,30)',
    values: ['99999999999999999999999999999999999.999999999999999999999999999999', '-1.000000000000000000000000000001'],
    becomes: 'VARCHAR',
    note: 'keeps the text',
  },
  {
    declared: 'float',
    values: ['0.1', '3.4028234663852886e38', '-1.17549435e-38', '16777217', '1e-45', '0', '0.3333333'],
    becomes: 'FLOAT',
    texts: ['0.1', '3.4028235e+38', '-1.1754944e-38', '16777216.0', '1e-45', '0.0', '0.3333333'],
  },
  {
    declared: 'double',
    values: ['0.1', '1.7976931348623157e308', '-2.2250738585072014e-308', '4.9406564584124654e-324', '-2.5e-310', '123456789.123456789'],
    becomes: 'DOUBLE',
    texts: ['0.1', '1.7976931348623157e+308', '-2.2250738585072014e-308', '5e-324', '-2.5e-310', '123456789.12345679'],
  },
  {
    declared: 'double',
    values: FLOATS,
    becomes: 'DOUBLE',
    texts: [
      '0.0',
      '0.0',
      '0.1',
      '1.0',
      '2.0',
      '3.0',
      '0.5',
      '-1.5',
      '1024.0',
      '1023.9999999999999',
      '0.9999999999999999',
      '1.0000000000000002',
      '4503599627370495.5',
    ],
  },
  { declared: 'date', values: ["'1000-01-01'", "'9999-12-31'", "'2024-02-29'"], becomes: 'DATE' },
  { declared: 'date', values: ["'0000-00-00'", "'2024-00-10'", "'2024-01-01'"], becomes: 'VARCHAR', note: 'none of DATE' },
  { declared: 'datetime(6)', values: ["'1000-01-01 00:00:00.000001'", "'9999-12-31 23:59:59.999999'"], becomes: 'TIMESTAMP' },
  { declared: 'datetime', values: ["'0000-00-00 00:00:00'"], becomes: 'VARCHAR', note: 'none of TIMESTAMP' },
  {
    declared: 'timestamp(3) null',
    values: ["'1970-01-01 00:00:01.001'", "'2038-01-19 03:14:07.999'"],
    becomes: 'TIMESTAMP WITH TIME ZONE',
    texts: ['1970-01-01 00:00:01.001+00', '2038-01-19 03:14:07.999+00'],
  },
  { declared: 'time(6)', values: ["'00:00:00'", "'23:59:59.999999'"], becomes: 'TIME', texts: ['00:00:00', '23:59:59.999999'] },
  { declared: 'time', values: ["'-838:59:59'", "'838:59:59'", "'24:00:00'"], becomes: 'VARCHAR', note: 'none of TIME' },
  { declared: 'year', values: ['1901', '2155', '0'], becomes: 'SMALLINT' },
  { declared: 'bit(1)', values: ["b'0'", "b'1'"], becomes: 'BIT', texts: ['0', '1'] },
  { declared: 'bit(64)', values: [`b'1${'0'.repeat(62)}1'`, "b'11'"], becomes: 'BIT', texts: [`1${'0'.repeat(62)}1`, `${'0'.repeat(62)}11`] },
  { declared: 'char(5)', values: ["'ab   '", "''", "'ÄÖ'"], becomes: 'VARCHAR', texts: ['ab', '', 'ÄÖ'] },
  {
    declared: 'varchar(40) character set utf8mb4',
    values: ["'ẞ😀'", "'a b '", "'tab\\tline\\nback\\\\slash\\rend'", "'\\\\N'", "concat('a', char(0), 'b')", "''"],
    becomes: 'VARCHAR',
    texts: ['ẞ😀', 'a b ', 'tab\tline\nback\\slash\rend', '\\N', 'a\0b', ''],
  },
  { declared: 'varchar(40) character set latin1', values: ["'é€ß'"], becomes: 'VARCHAR' },
  { declared: 'varchar(10) character set utf16', values: ["'😀é'"], becomes: 'VARCHAR' },
  { declared: 'varchar(10) collate utf8mb4_general_ci', values: ["'B'", "'a'", "'a '", "'A'"], becomes: 'VARCHAR' },
  { declared: 'longtext', values: ["repeat('x', 100000)"], becomes: 'VARCHAR', texts: ['x'.repeat(100_000)] },
  { declared: "enum('a','b''c','')", values: ["'a'", "'b''c'"], becomes: 'VARCHAR', texts: ['a', "b'c"] },
  { declared: "set('x','y')", values: ["'x,y'", "''"], becomes: 'VARCHAR' },
  { declared: 'json', values: [`'{"a": [1, "\\\\u00e9"]}'`], becomes: 'VARCHAR', texts: ['{"a": [1, "\\u00e9"]}'] },
  { declared: 'binary(3)', values: ["x'00ff'"], becomes: 'BLOB', texts: ['\\x00\\xFF\\x00'] },
  { declared: 'varbinary(10)', values: ["x''", "x'ff00'"], becomes: 'BLOB', texts: ['', '\\xFF\\x00'] },
  { declared: 'longblob', values: ["x'5c0a09'"], becomes: 'BLOB', texts: ['\\x5C\\x0A\\x09'.replace('\\x5C', '\\x5C')] },
  {
    declared: 'point',
    values: ['st_geomfromtext("POINT(1 2)", 4326)'],
    becomes: 'BLOB',
    texts: ['\\xE6\\x10\\x00\\x00\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\xF0?\\x00\\x00\\x00\\x00\\x00\\x00\\x00@'],
    note: 'keeps the bytes',
  },
  { declared: 'uuid', values: ["'123e4567-e89b-12d3-a456-426655440000'"], becomes: 'VARCHAR', note: 'keeps the text' },
  { declared: 'inet6', values: ["'::1'"], becomes: 'VARCHAR', note: 'keeps the text' },
];

const plain = (sql: string): string => (/^'.*'$/s.test(sql) ? sql.slice(1, -1) : sql);

describeWithMariadb('every type of MySQL at its edges', () => {
  let server: TestMariadb | undefined;
  let home: string;
  let extract: Extract;
  let warehouse: Awaited<ReturnType<typeof loadExtract>> | undefined;
  beforeAll(async () => {
    server = await startMariadb(['--sql-mode=ALLOW_INVALID_DATES', '--default-time-zone=-07:00', '--character-set-server=latin1']);
    home = await mkdtemp(join(tmpdir(), 'sluice-mysql-'));
    const rows = Array.from({ length: Math.max(...CASES.map(({ values }) => values.length)) + 1 }, (_, row) => row);
    await server.sql(`set time_zone = '+00:00'; create database shop character set utf8mb4; use shop;
      create table types (id int primary key, ${CASES.map(({ declared }, index) => `c${index} ${declared}`).join(', ')});
      insert into types values ${rows.map((row) => `(${[row, ...CASES.map(({ values }) => values[row] ?? 'null')].join(', ')})`).join(', ')}`);
    extract = await extractMysql(server, home, 'shop.types');
    warehouse = await loadExtract(extract);
  }, seconds(90));
  afterAll(async () => {
    warehouse?.[Symbol.dispose]();
    await server?.[Symbol.asyncDispose]();
    if (home) await rm(home, { recursive: true, force: true });
  });

  test.each(CASES.map((each, index) => ({ ...each, column: `c${index}`, named: `${each.declared} with ${each.values[0]?.slice(0, 40)}` })))(
    '$named is $becomes, value by value',
    async ({ column, becomes, values, texts, note }) => {
      const wanted = texts ?? values.map((value) => ({ true: 'true', false: 'false' })[value] ?? plain(value));
      const found = await warehouse?.query(`select ${column}::VARCHAR from t order by id limit ${wanted.length + 1}`);
      expect(found?.flat()).toEqual([...wanted, null]);
      expect(await warehouse?.query(`select distinct typeof(${column}) from t`)).toEqual([[becomes]]);
      const notes = extract.plan.notes.filter((each) => each.startsWith(`Column ${column} `));
      expect(notes).toEqual(note ? [expect.stringContaining(note)] : []);
    },
  );

  test('nothing is in quarantine, and sums and the checksum of all rows are the same on both sides', async () => {
    expect(await warehouse?.quarantine()).toEqual([]);
    expect(await warehouse?.sums()).toEqual(extract.sums);
    expect(extract.sums.checksum).toMatch(/^\d+$/);
  });

  test('the bits of floats of every size are made alike by both', async () => {
    const powers = Array.from({ length: 2098 }, (_, index) => index - 1074);
    const near = powers.flatMap((power) => [2 ** power, -(2 ** power) * (1 - 2 ** -53), 2 ** power * (1 + 2 ** -52), Math.PI * 2 ** power]);
    const floats = near.filter((value) => Number.isFinite(value) && value !== 0);
    await server?.sql(`use shop; create table floats (id int auto_increment primary key, d double, f float);
      insert into floats (d, f) values ${floats.map((value) => `(${value}, ${Math.abs(value) > 3e38 ? 0 : value})`).join(', ')}`);
    if (!server) return;
    const read = await extractMysql(server, home, 'shop.floats');
    using loaded = await loadExtract(read);
    expect(await loaded.sums()).toEqual(read.sums);
    const found = (await loaded.query('select d from t order by id')).flat() as number[];
    expect(found.map((value, index) => [index, value]).filter(([index, value]) => value !== floats[index as number])).toEqual([]);
  });
});
