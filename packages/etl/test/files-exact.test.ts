import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seconds } from '../../../tests/support/patience.ts';
import { identityOf } from '../src/sources/files/file-identity.ts';
import { expectPlan, FilesTrial } from './support/files-load.ts';

let trial: FilesTrial;
beforeAll(async () => {
  trial = await FilesTrial.start();
});
afterAll(async () => {
  await trial[Symbol.asyncDispose]();
});

/** Values as files have them, many of which are nearly the same: so a column often has two that a careless type would make one. */
const VALUES = {
  numbers: [
    '0',
    '-0',
    '0.0',
    '-0.0',
    '0.00',
    '1',
    '1.0',
    '1.00',
    '+1',
    '01',
    '007',
    '1e0',
    '1e5',
    '100000',
    '1_000',
    '1,234.5',
    '1234.5',
    '.5',
    '0.5',
    '0.50',
    '5.',
    '3.1',
    '3.10',
    ' 1',
    '1 ',
    'NaN',
    'nan',
    'inf',
    '1e400',
    '9007199254740993',
    '9007199254740992',
    '9223372036854775808',
    '18446744073709551616',
    '0.1',
    '0.10000000000000001',
    '1e-7',
    '1e-07',
    '0.0000001',
    '250.0',
    '250.00',
  ],
  times: [
    '2024-1-1',
    '2024-01-01',
    '2024-01-01 00:00',
    '2024-01-01 00:00:00',
    '2024-01-01T00:00:00',
    '2024-01-01 00:00:00.0',
    '2024-01-01 00:00:00.000000',
    '2024-01-01T00:00:00Z',
    '2024-01-01T00:00:00+00:00',
    '2024-01-01T01:00:00+01:00',
    '2024-01-01 00:00:00+00',
  ],
  booleans: ['true', 'True', 'TRUE', 'false', 'FALSE', 't', 'yes', '1', '0'],
};
const column = fc.oneof(...Object.values(VALUES).map((values) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 4 })));
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

test('different values of a CSV file stay different, and a number has the digits that it was written with', { timeout: seconds(120) }, async () => {
  for (const values of fc.sample(column, { numRuns: 30, seed: 11 })) {
    await trial.write('t.csv', `id,v\n${values.map((value, index) => `k${index},${quoted(value)}\n`).join('')}`);
    const { rows, bad, types } = await trial.load({ name: 't', from: 't.csv' });
    const read = rows.map(([, value]) => value);
    expect(bad).toEqual([]);
    expect([values, types['v'], new Set(read).size]).toEqual([values, types['v'], values.length]);
    if (types['v'] === 'VARCHAR' || types['v'] === 'BIGINT' || types['v']?.startsWith('DECIMAL')) expect(read).toEqual(values);
    if (types['v'] === 'DOUBLE')
      expect(read.map((value) => `${value}`.replace(/\.0$/, ''))).toEqual(values.map((value) => value.replace(/\.0$/, '')));
  }
});

test.each([
  [['0.0', '-0.0'], 'VARCHAR'],
  [['3.1', '3.10'], 'VARCHAR'],
  [['250.0', '250.00'], 'VARCHAR'],
  [['1.50', '-2.25'], 'DECIMAL(18,2)'],
  [['1.5', '2'], 'DOUBLE'],
])('%j are %s', async (values, type) => {
  await trial.write('t.csv', `k,v\n${values.map((value) => `x,${value}\n`).join('')}`);
  expect((await trial.load({ name: 't', from: 't.csv' })).types['v']).toBe(type);
});

test.each([
  ['thousands', ['1,234.5', '2,000.25'], 'Thousands separators are not read.'],
  ['thousands of another land', ['1.234,50', '2.000,25'], 'Thousands separators are not read.'],
  ['thousands, or decimals', ['1,234', '2,000'], 'If the comma is the decimal sign, decimal "," loads them.'],
  ['signs and exponents', ['+1', '1E5', '.5'], 'The type DOUBLE loads them all the same.'],
])('what is said of numbers with %s is true', async (_what, values, advice) => {
  await trial.write('t.csv', `k,v\n${values.map((value) => `x,"${value}"\n`).join('')}`);
  const { types, rows, plan } = await trial.load({ name: 't', from: 't.csv' });
  expect([types['v'], rows.map(([, value]) => value)]).toEqual(['VARCHAR', values]);
  expect(plan.notes).toEqual([
    `Column v is kept as text: its numbers are not all written in one way, "${values[0]}" would not come back as it is. ${advice}`,
  ]);
});

test.each([
  ['among numbers', ['1', '""', '2', '""'], '2 of its values are empty texts, the 2 others would be BIGINT.'],
  ['before numbers', ['""', '1.50', '2.25'], 'one of its values is an empty text, the 2 others would be DECIMAL(18,2).'],
  ['beside a day', ['2024-01-31', '""'], 'one of its values is an empty text, the other one would be DATE.'],
])('an empty value in quotes %s is a text, the column with it, and that is told', async (_where, values, note) => {
  await trial.write('t.csv', `k,v\n${values.map((value) => `x,${value}\n`).join('')}`);
  const { types, rows, plan } = await trial.load({ name: 't', from: 't.csv' });
  expect([types['v'], rows.map(([, value]) => value)]).toEqual(['VARCHAR', values.map((value) => value.replace('""', ''))]);
  expect(plan.notes).toEqual([`Column v is kept as text: ${note} With the null word '' an empty value in quotes is NULL.`]);
});

test.each(['.', ','] as const)('an empty value in quotes is NULL when a person says so, in columns of all types: decimal %s', async (decimal) => {
  const lines = ['"1";"";"1#5";"x"', '"";"true";"";""', ';;;', '"2";"false";"-2#5";"NA"'].map((line) => `${line.replaceAll('#', decimal)}\n`);
  await trial.write('t.csv', `a;b;c;d\n${lines.join('')}`);
  const { types, rows, plan, extract, sums } = await trial.load({ name: 't', from: 't.csv', csv: { nullWords: ['', 'NA'], decimal } });
  expect(types).toEqual({ a: 'BIGINT', b: 'BOOLEAN', c: 'DECIMAL(18,1)', d: 'VARCHAR' });
  expect(rows).toEqual([
    ['1', null, '1.5', 'x'],
    [null, 'true', null, null],
    [null, null, null, null],
    ['2', 'false', '-2.5', 'NA'],
  ]);
  expect([plan.notes, extract.sums]).toEqual([[], sums]);
  const given = await trial.load({ name: 't', from: 't.csv', csv: { nullWords: [''], decimal }, types: { a: 'int', c: 'double' } });
  expect([given.bad, given.rows[1]]).toEqual([[], [null, 'true', null, null]]);
});

test('an empty text among times of an NDJSON file makes them texts, and that is told', async () => {
  await trial.write('e.ndjson', '{"v": ""}\n{"v": "2024-01-31"}\n');
  const { types, plan } = await trial.load('e');
  expect(types).toEqual({ v: 'VARCHAR' });
  expect(plan.notes).toEqual(['Column v is kept as text: one of its values is an empty text, the other one would be DATE.']);
});

test('numbers of an NDJSON file that no type gives back are kept as they stand', async () => {
  const values = ['0.0', '-0.0', '3.10', '3.1', '1E5'];
  await trial.write('j.ndjson', values.map((value) => `{"v": ${value}}\n`).join(''));
  const { rows, types, extract, sums } = await trial.load('j');
  expect(types).toEqual({ v: 'JSON' });
  expect(rows.map(([value]) => value)).toEqual(values);
  expect(extract.sums).toEqual(sums);
});

/** Of a large file only a part is looked at: its last rows do not fit what the others are. */
test.each([
  ['a zip code that begins with 0', '90210', '01234', 'VARCHAR'],
  ['a number with decimals', '15', '1.5', 'DOUBLE'],
  ['another number of decimals', '1.50', '1.5', 'VARCHAR'],
  ['a number that is too large', '15', '99999999999999999999', 'DECIMAL(28,0)'],
  ['a text', '2024-01-01', 'soon', 'VARCHAR'],
  ['another precision', '2024-01-01 10:00:00', '2024-01-01 10:00:00.50', 'VARCHAR'],
  ['another boolean', 'true', 'TRUE', 'VARCHAR'],
  ['an empty text', '5', '""', 'VARCHAR'],
])('%s behind the part of a file that was looked at widens the type, and is no bad row', async (_what, usual, odd, type) => {
  const lines = Array.from({ length: 100 }, (_, index) => `${index},${usual}\n`).join('');
  await trial.write('p.csv', `id,v\n${lines}`);
  const part = expectPlan(await trial.plan({ name: 'p' }));
  await trial.write('p.csv', `id,v\n${lines}100,${odd}\n101\n`);
  const plan = { ...part, file: { ...part.file, ...(await identityOf(join(trial.folder, 'p.csv'))) } };
  const extract = await trial.extract(plan);
  const { rows, bad, sums, types } = await trial.read(extract.plan, extract);
  expect([types['v'], rows.at(-1), bad.map(({ line }) => line)]).toEqual([type, ['100', odd.replaceAll('"', '')], [103]]);
  expect(extract.sums).toEqual(sums);
  expect(extract.plan.notes[0]).toMatch(/^Line 102, column v: .* cannot be kept as .* it was read again/);
});
