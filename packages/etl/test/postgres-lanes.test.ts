import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { describeWithExtensions } from '../../../tests/support/extensions.ts';
import type { Extract, Lane } from '../src/model.ts';
import { identifier, literal } from '../src/types/sql.ts';
import { openTestSource, type TestSource } from './support/postgres-source.ts';

let source: TestSource;
beforeAll(async () => {
  source = await openTestSource(inject('postgres'));
  await source.sql(`create type hue as enum ('red', 'a "b"', ''); create type pair as (a int, b text); create domain code as char(4)`);
});
afterAll(() => source[Symbol.asyncDispose]());

/** Any text that PostgreSQL takes: no NUL, no half of a pair. */
const text = fc.string({ unit: 'binary', maxLength: 30 }).map((value) => value.replaceAll('\0', '').toWellFormed());
const short = (length: number) => text.map((value) => [...value].slice(0, length).join(''));
const digits = (count: number) => fc.bigInt({ min: -(10n ** BigInt(count)) + 1n, max: 10n ** BigInt(count) - 1n });
const decimal = (precision: number, scale: number) =>
  digits(precision).map((number) => {
    const all = String(number < 0n ? -number : number).padStart(scale + 1, '0');
    return `${number < 0n ? '-' : ''}${scale > 0 ? `${all.slice(0, -scale)}.${all.slice(-scale)}` : all}`;
  });
const pick = (...values: string[]) => fc.constantFrom(...values);
const float = fc.double().map(String);
const json = fc.json({ maxDepth: 2 }).filter((value) => !value.includes('\\u'));
const bytes = fc.uint8Array({ maxLength: 20 }).map((value) => `\\x${Buffer.from(value).toString('hex')}`);
const list = (element: fc.Arbitrary<string>) =>
  fc.array(fc.option(element), { maxLength: 4 }).map((all) => `{${all.map((each) => (each === null ? 'NULL' : JSON.stringify(each))).join(',')}}`);

/** Literals of a type. */
const VALUES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  int2: fc.integer({ min: -32768, max: 32767 }).map(String),
  int4: fc.maxSafeInteger().map((value) => String(value % 2 ** 31)),
  int8: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  bool: pick('true', 'false'),
  'numeric(4,2)': decimal(4, 2),
  'numeric(9,0)': decimal(9, 0),
  'numeric(18,18)': decimal(18, 18).filter((value) => Math.abs(Number(value)) < 1),
  'numeric(38,10)': decimal(38, 10),
  'numeric(5,-2)': digits(6).map(String),
  numeric: fc.oneof(decimal(20, 7), decimal(60, 30)),
  float4: fc.float().map((value) => String(Math.fround(value))),
  float8: float,
  text,
  'varchar(20)': short(20),
  'char(7)': short(7),
  code: short(4),
  hue: pick('red', 'a "b"', ''),
  bytea: bytes,
  date: fc.oneof(
    fc.integer({ min: 1, max: 9999 }).map((year) => `${String(year).padStart(4, '0')}-03-01`),
    pick('infinity', '0044-03-15 BC', '5874897-12-31'),
  ),
  timestamp: fc.oneof(
    pick('infinity', '-infinity', '4713-11-24 00:00:00 BC'),
    fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') }).map((date) => date.toISOString()),
  ),
  timestamptz: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') }).map((date) => date.toISOString()),
  time: pick('00:00:00', '24:00:00', '12:34:56.789012'),
  timetz: pick('24:00:00-15:59', '01:02:03+05:30'),
  interval: fc
    .tuple(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: -999999, max: 999999 }))
    .map(([days, ms]) => `${days} days ${ms} milliseconds`),
  uuid: fc.uuid(),
  json,
  jsonb: json,
  inet: fc.ipV4(),
  'bit(5)': fc.array(pick('0', '1'), { minLength: 5, maxLength: 5 }).map((bits) => bits.join('')),
  'int4[]': list(fc.integer({ min: -5, max: 5 }).map(String)),
  'text[]': list(text),
  'float8[]': list(float),
  pair: fc.tuple(fc.integer({ min: -9, max: 9 }), text).map(([a, b]) => `(${a},"${b.replaceAll('\\', '\\\\').replaceAll('"', '""')}")`),
};

const column = fc
  .constantFrom(...Object.keys(VALUES))
  .chain((type) => fc.tuple(fc.constant(type), fc.array(fc.option(VALUES[type] ?? text), { minLength: 6, maxLength: 6 })));
const table = fc.array(column, { minLength: 1, maxLength: 12 });

/** Rows of the parts by a reader that is not DuckDB, in an order of their own. */
async function rowsOf({ parts }: Extract): Promise<string[]> {
  const rows: string[] = [];
  for (const { file } of parts) {
    const bytesOfFile = await readFile(file);
    const buffer = bytesOfFile.buffer.slice(bytesOfFile.byteOffset, bytesOfFile.byteOffset + bytesOfFile.byteLength) as ArrayBuffer;
    const found = await parquetReadObjects({ file: buffer, compressors, utf8: false });
    rows.push(...found.map((row) => JSON.stringify(row, plain)));
  }
  return rows.sort();
}

const plain = (_: string, value: unknown): unknown => {
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))) return `${value}`;
  return Object.is(value, -0) ? '-0' : value;
};

describeWithExtensions('whatever a table holds', () => {
  test('both lanes have the same sums of it, and the same values in their parts', async () => {
    let lanes = { scan: 0, copy: 0 };
    let number = 0;
    await fc.assert(
      fc.asyncProperty(table, async (columns) => {
        const name = `random_${++number}`;
        const declared = columns.map(([type], index) => `${identifier(index % 2 === 0 ? `c${index}` : `C ${index}`)} ${type}`);
        const rows = Array.from(
          { length: 6 },
          (_, row) => `(${columns.map(([, values]) => (values[row] == null ? 'null' : literal(values[row]))).join(', ')})`,
        );
        await source.sql(`create table ${name} (${declared.join(', ')}); insert into ${name} values ${rows.join(', ')}`);
        const read = (lane: Lane) => source.extract(`public.${name}`, { lane });
        const [copied, scanned] = [await read('copy'), await read('scan')];
        await source.sql(`drop table ${name}`);
        lanes = { ...lanes, [scanned.lane ?? 'copy']: lanes[scanned.lane ?? 'copy'] + 1 };
        expect(scanned.sums).toEqual(copied.sums);
        expect(scanned.plan.columns).toEqual(copied.plan.columns);
        expect(await rowsOf(scanned)).toEqual(await rowsOf(copied));
      }),
      { numRuns: 40 },
    );
    expect(lanes.scan).toBeGreaterThan(20);
  });
});
