import type { JsonObject } from '@sluice/core/lib/json';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GIVEN, textType } from '../src/sources/files/text-types.ts';
import { expectPlan, FilesTrial } from './support/files-load.ts';

let trial: FilesTrial;
beforeAll(async () => {
  trial = await FilesTrial.start();
});
afterAll(async () => {
  await trial[Symbol.asyncDispose]();
});

/** Types as a person gives them, and as they are guessed, with the way of writing that goes with them. */
function keeps(type: string, text: string, type_args: JsonObject = GIVEN): boolean {
  const bytes = Buffer.from(text);
  return textType({ type, type_args }).keeps?.(bytes, 0, bytes.length) ?? true;
}

const digits = (min: number, max: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: min, maxLength: max });
const integers = fc.oneof(
  fc.tuple(fc.constantFrom('', '-', '+'), digits(1, 21)).map((parts) => parts.join('')),
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map(String),
);
const numbers = fc.oneof(
  fc.double().map(String),
  fc.float().map(String),
  integers,
  fc
    .tuple(
      fc.constantFrom('', '-'),
      digits(0, 20),
      fc.constantFrom('.', ''),
      digits(0, 20),
      fc.constantFrom('', 'e5', 'E-7', 'e+300', 'e-310', 'e400'),
    )
    .map((parts) => parts.join('')),
);
const two = fc.integer({ min: 0, max: 62 }).map((number) => String(number).padStart(2, '0'));
const day = fc
  .tuple(
    fc.integer({ min: 0, max: 9999 }).map((year) => String(year).padStart(4, '0')),
    two,
    two,
  )
  .map((parts) => parts.join('-'));
const time = fc
  .tuple(
    day,
    fc.constantFrom(' ', 'T'),
    two,
    two,
    fc.oneof(
      two.map((second) => `:${second}`),
      fc.constant(''),
    ),
    fc.oneof(
      digits(1, 7).map((part) => `.${part}`),
      fc.constant(''),
    ),
  )
  .map(([date, separator, hour, minute, second, fraction]) => `${date}${separator}${hour}:${minute}${second}${second && fraction}`);
const instant = fc
  .tuple(
    time,
    fc.oneof(
      fc.constant('Z'),
      fc
        .tuple(
          fc.constantFrom('+', '-'),
          two,
          fc.oneof(
            two.map((minute) => `:${minute}`),
            fc.constant(''),
          ),
        )
        .map((parts) => parts.join('')),
    ),
  )
  .map((parts) => parts.join(''));

/** Texts of which many look like values of a type, and those that are kept. */
function kept(type: string, texts: fc.Arbitrary<string>, count = 4000): string[] {
  return fc.sample(texts, { numRuns: count, seed: 7 }).filter((text) => keeps(type, text));
}

/** The values as they are in the parts, by `sql` over the column `v`, in the order of the file. */
async function readBack(type: string, texts: readonly string[], sql: string): Promise<(string | null)[]> {
  await trial.write('t.csv', `n,v\n${texts.map((text, index) => `${index},${text}\n`).join('')}`);
  const plan = expectPlan(await trial.plan({ name: 't' }));
  const typed = {
    ...plan,
    columns: plan.columns.map((column) => (column.name === 'v' ? { ...column, type, type_args: GIVEN, neutral_type: type } : column)),
  };
  const extract = await trial.extract(typed);
  expect(extract.rows_quarantined).toBe(0);
  expect((await trial.read(typed, extract)).sums).toEqual(extract.sums);
  const rows = await trial.duckdb.runAndReadAll(`select (${sql})::varchar from read_parquet('${extract.parts[0]?.file}') order by n`);
  return rows.getRowsJson().map(([value]) => value as string | null);
}

test('a whole number that is kept is the number in the file', async () => {
  const texts = kept('BIGINT', integers);
  expect(texts.length).toBeGreaterThan(1000);
  expect(await readBack('BIGINT', texts, 'v')).toEqual(texts.map((text) => String(BigInt(text.replace('+', '')))));
});

test('a number that a DOUBLE keeps has the bits that JavaScript reads', async () => {
  const texts = kept('DOUBLE', numbers);
  expect(texts.length).toBeGreaterThan(1000);
  const bits = texts.map((text) => new BigInt64Array(new Float64Array([Number(text)]).buffer)[0]?.toString());
  expect(await readBack('DOUBLE', texts, 'v::bit::bigint')).toEqual(bits);
});

test('a day that is kept is a day of the calendar', async () => {
  const texts = kept('DATE', day);
  expect(texts.length).toBeGreaterThan(100);
  expect(texts.every((text) => new Date(`${text}T00:00:00Z`).toISOString().startsWith(text))).toBe(true);
  expect(await readBack('DATE', texts, 'v')).toEqual(texts);
});

test('a time that is kept is exact to the microsecond', async () => {
  const texts = kept('TIMESTAMP', time, 20_000);
  expect(texts.length).toBeGreaterThan(50);
  expect(await readBack('TIMESTAMP', texts, 'epoch_us(v)')).toEqual(texts.map((text) => String(microseconds(text, 'Z'))));
});

test('an instant that is kept is exact to the microsecond', async () => {
  const texts = kept('TIMESTAMP WITH TIME ZONE', instant, 40_000);
  expect(texts.length).toBeGreaterThan(20);
  const wanted = texts.map((text) => {
    const [, local = '', offset = ''] = /^(.{19}(?:\.\d+)?)(.*)$/.exec(text) ?? [];
    return String(microseconds(local, offset.length === 3 ? `${offset}:00` : offset));
  });
  expect(await readBack('TIMESTAMP WITH TIME ZONE', texts, 'epoch_us(v)')).toEqual(wanted);
});

/** By JavaScript's own reading of the text, which has milliseconds only. */
function microseconds(text: string, offset: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  const seconds = Date.parse(`${whole.replace(' ', 'T')}${offset}`) * 1000;
  return BigInt(seconds) + BigInt(fraction.padEnd(6, '0'));
}

test.each([
  ['BIGINT', ['', '-', '1.5', '1e3', '1_000', '0x10', '9223372036854775808', '-9223372036854775809']],
  ['TINYINT', ['128', '-129']],
  ['UINTEGER', ['-1', '4294967296']],
  ['DECIMAL(4,2)', ['', '.', '1.234', '100', '1e1', '1,5', 'nan']],
  ['DOUBLE', ['', '-', '1,5', '1_0.5', '1e400', '1.5e', '1.2.3', '1.0 2']],
  ['FLOAT', ['1e39', '']],
  ['DATE', ['2026-1-31', '2026-13-01', '2023-02-29', '1900-02-29', '0000-01-01', '2026-01-31 ', '31-01-2026', '2026/01/31']],
  ['TIME', ['24:00', '10:60', '10:20:60', '10:20:30.1234567', '10']],
  [
    'TIMESTAMP',
    ['2026-01-31 24:00:00', '2026-01-31 10:60:00', '2026-01-31 10:00:60', '2026-01-31 10:00:00.', '2026-01-31 10:00:00Z', '2026-01-31_10:00:00'],
  ],
  [
    'TIMESTAMP WITH TIME ZONE',
    [
      '2026-01-31 10:00Z',
      '2026-01-31 10:00:00',
      '2026-01-31 10:00:00+16',
      '2026-01-31 10:00:00+2',
      '2026-01-31 10:00:00+02:60',
      '2026-01-31 10:00:00 UTC',
    ],
  ],
  ['BOOLEAN', ['2', 'on', 'truth', '']],
  ['UUID', ['00000000-0000-0000-0000-00000000000', '00000000000000000000000000000000']],
  ['JSON', ['', '{a: 1}']],
])('%s, given by a person, keeps none of %j', (type, texts) => {
  expect(texts.filter((text) => keeps(type, text))).toEqual([]);
});

test.each([
  ['BIGINT', {}, ['', '-', '-0', '+1', '01', '1.0', '1e3', ' 1', '1 ', '1_000', '0x10', '9223372036854775808', '-9223372036854775809']],
  ['DECIMAL(18,2)', {}, ['1', '1.5', '1.500', '-0.00', '+1.50', '01.50', '.50', '1e2', ' 1.50', '12345678901234567.00']],
  [
    'DOUBLE',
    { written: 'shortest' },
    [
      '',
      '-',
      '.5',
      '5.',
      '+1.5',
      '00.5',
      '1.50',
      '1.0',
      '-0',
      '1e5',
      '1E-7',
      '1_0.5',
      'nan',
      'inf',
      '1e400',
      '1e-400',
      '4.9e-324',
      '0.12345678901234567890',
    ],
  ],
  ['DOUBLE', { written: 'pointed' }, ['1', '1.50', '-0.0', '1e5', '1e-7', '0.00001', '.5', 'nan', '1e400']],
  ['BOOLEAN', { written: 'true' }, ['t', '1', 'yes', 'tRUE', 'True', 'true ', '']],
])('%s, guessed by values written as %j, keeps none of %j', (type, args, texts) => {
  expect(texts.filter((text) => keeps(type, text, args))).toEqual([]);
});

test.each([
  ['1,50', 'In CSV, decimal "," loads them as numbers.'],
  ['1,234', 'If the comma is the decimal sign, decimal "," loads them.'],
  ['1.234,50', 'Thousands separators are not read.'],
  ['1,234.50', 'Thousands separators are not read.'],
  ['1_000', 'Thousands separators are not read.'],
  ['007', 'The type BIGINT loads them all the same.'],
  ['1'.repeat(39), 'The type DOUBLE loads them all the same.'],
])('a column of numbers such as %s stays text, and the note says what may be done', async (number, advice) => {
  await trial.write('t.csv', `id;n\n1;${number}\n2;5\n`);
  const { notes } = expectPlan(await trial.plan({ name: 't' }));
  expect(notes.join(' ')).toContain(`"${number}" would not come back as it is. ${advice}`);
});
