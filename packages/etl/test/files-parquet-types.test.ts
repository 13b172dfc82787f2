import { afterAll, beforeAll, expect, test } from 'vitest';
import { FilesTrial } from './support/files-load.ts';
import { bytesOf, int96, parquetOf, type WrittenColumn } from './support/parquet-files.ts';

let trial: FilesTrial;
beforeAll(async () => {
  trial = await FilesTrial.start();
});
afterAll(async () => {
  await trial[Symbol.asyncDispose]();
});

const fixed = (type_length: number) => ({ type: 'FIXED_LEN_BYTE_ARRAY', type_length }) as const;
const INT64 = { type: 'INT64' } as const;
const BYTES = { type: 'BYTE_ARRAY' } as const;
const decimal = (precision: number, scale: number) =>
  ({ converted_type: 'DECIMAL', precision, scale, logical_type: { type: 'DECIMAL', precision, scale } }) as const;
const time = (type: 'TIME' | 'TIMESTAMP', unit: 'MILLIS' | 'MICROS' | 'NANOS', isAdjustedToUTC: boolean) =>
  ({ logical_type: { type, unit, isAdjustedToUTC } }) as const;

const NOON = 1_700_000_000_123_456_000n;

test.each<[string, Omit<WrittenColumn, 'name'>, string, (string | null)[], RegExp | null]>([
  [
    'decimal(60,2)',
    { stored: fixed(25), says: decimal(60, 2), data: [bytesOf(110n, 25), null, bytesOf(-(10n ** 59n) - 1n, 25)] },
    'VARCHAR',
    ['1.10', null, `-1${'0'.repeat(57)}.01`],
    /decimals of 60 digits/,
  ],
  [
    'decimal(40,0) of any length',
    { stored: BYTES, says: decimal(40, 0), data: [bytesOf(10n ** 39n, 17), bytesOf(-1n, 1), null] },
    'VARCHAR',
    [`1${'0'.repeat(39)}`, '-1', null],
    /decimals of 40 digits/,
  ],
  [
    'decimal(38,2)',
    { stored: fixed(16), says: decimal(38, 2), data: [bytesOf(110n, 16), bytesOf(-1n, 16), null] },
    'DECIMAL(38,2)',
    ['1.10', '-0.01', null],
    null,
  ],
  [
    'decimal(18,3) in 64 bits',
    { stored: INT64, says: decimal(18, 3), data: [1n, -999_999_999_999_999_999n, null] },
    'DECIMAL(18,3)',
    ['0.001', '-999999999999999.999', null],
    null,
  ],
  [
    'instants in nanoseconds',
    { stored: INT64, says: time('TIMESTAMP', 'NANOS', true), data: [NOON + 789n, null, -1n] },
    'VARCHAR',
    ['2023-11-14 22:13:20.123456789+00', null, '1969-12-31 23:59:59.999999999+00'],
    /finer than microseconds/,
  ],
  [
    'instants in nanoseconds that are whole microseconds',
    { stored: INT64, says: time('TIMESTAMP', 'NANOS', true), data: [NOON, null] },
    'TIMESTAMP WITH TIME ZONE',
    ['2023-11-14 22:13:20.123456+00', null],
    null,
  ],
  [
    'times without a zone in nanoseconds',
    { stored: INT64, says: time('TIMESTAMP', 'NANOS', false), data: [NOON + 789n, null] },
    'TIMESTAMP_NS',
    ['2023-11-14 22:13:20.123456789', null],
    null,
  ],
  [
    'INT96 with nanoseconds',
    { stored: fixed(12), says: { type: 'INT96' }, data: [int96(NOON + 1n), null, int96(-62_135_596_800_000_000_001n)] },
    'VARCHAR',
    ['2023-11-14 22:13:20.123456001', null, '0000-12-31 23:59:59.999999999'],
    /finer than microseconds/,
  ],
  [
    'INT96 of whole microseconds',
    { stored: fixed(12), says: { type: 'INT96' }, data: [int96(NOON), null, int96(-1000n)] },
    'TIMESTAMP',
    ['2023-11-14 22:13:20.123456', null, '1969-12-31 23:59:59.999999'],
    null,
  ],
  [
    'times of the day in nanoseconds',
    { stored: INT64, says: time('TIME', 'NANOS', false), data: [1n, null] },
    'VARCHAR',
    ['00:00:00.000000001', null],
    /finer than microseconds/,
  ],
  [
    'times of the day in nanoseconds that are whole microseconds',
    { stored: INT64, says: time('TIME', 'NANOS', false), data: [1000n, null] },
    'TIME',
    ['00:00:00.000001', null],
    null,
  ],
  [
    'whole numbers without a sign',
    { stored: INT64, says: { converted_type: 'UINT_64' }, data: [-1n & 0x7fff_ffff_ffff_ffffn, -1n, null] },
    'UBIGINT',
    ['9223372036854775807', '18446744073709551615', null],
    null,
  ],
  [
    'halves of floats',
    { stored: fixed(2), says: { logical_type: { type: 'FLOAT16' } }, data: [Uint8Array.of(0x00, 0x3c), Uint8Array.of(0x01, 0x00), null] },
    'FLOAT',
    ['1.0', '5.9604645e-08', null],
    null,
  ],
  ['words of a list', { stored: BYTES, says: { converted_type: 'ENUM' }, data: [Buffer.from('a'), null] }, 'VARCHAR', ['a', null], null],
])('%s of a Parquet file keep their values', async (_what, column, type, values, note) => {
  await trial.write('t.parquet', parquetOf([column, { stored: INT64, data: column.data.map((_, index) => BigInt(index)) }]));
  const { rows, types, plan, extract, sums } = await trial.load('t');
  expect(rows).toEqual(values.map((value, index) => [value, String(index)]));
  expect(types).toMatchObject({ c0: type });
  expect(plan.notes).toEqual(note ? [expect.stringMatching(note)] : []);
  expect(extract.sums).toEqual(sums);
});

test.each<[string, Omit<WrittenColumn, 'name'>, RegExp]>([
  [
    'geometry',
    { stored: BYTES, says: { logical_type: { type: 'GEOMETRY' } }, data: [Buffer.from('010100000000000000000000000000000000000000', 'hex'), null] },
    /column c0 is of the Parquet type BYTE_ARRAY GEOMETRY, which cannot be kept exactly/,
  ],
  ['BSON', { stored: BYTES, says: { converted_type: 'BSON' }, data: [Buffer.from('0500000000', 'hex'), null] }, /cannot be read as Parquet/],
])('%s is refused when the table is planned, with the column', async (_what, column, reason) => {
  await trial.write('t.parquet', parquetOf([column]));
  expect(await trial.plan({ name: 't' })).toMatchObject({ reason: expect.stringMatching(reason) });
});

test('a share takes the texts of its own rows', async () => {
  const data = Array.from({ length: 100 }, (_, index) => bytesOf(BigInt(index), 25));
  await trial.write(
    't.parquet',
    parquetOf([
      { stored: fixed(25), says: decimal(60, 0), data },
      { stored: INT64, data: data.map((_, index) => BigInt(index)) },
    ]),
  );
  const { rows } = await trial.load('t', 0.1);
  expect(rows).toHaveLength(10);
  for (const [text, number] of rows) expect(text).toBe(number);
});
