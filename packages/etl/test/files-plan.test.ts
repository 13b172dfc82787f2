import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectPlan, FilesTrial, planned } from './support/files-load.ts';

let trial: FilesTrial;
beforeAll(async () => {
  trial = await FilesTrial.start();
});
afterAll(async () => {
  await trial[Symbol.asyncDispose]();
});

async function typesOf(content: string | Buffer, ending = 'csv'): Promise<Record<string, string>> {
  await trial.write(`t.${ending}`, content);
  return planned(await trial.plan({ name: 't', from: `t.${ending}` }));
}

async function reasonOf(content: string | Buffer, ending = 'csv'): Promise<string> {
  await trial.write(`t.${ending}`, content);
  const plan = await trial.plan({ name: 't', from: `t.${ending}` });
  return 'reason' in plan ? plan.reason : 'it has a plan';
}

test.each([
  ['whole numbers', ['1', '-20', '9223372036854775807', '0'], 'BIGINT'],
  ['numbers of so many decimals', ['1.50', '-0.25', '10.00'], 'DECIMAL(18,2)'],
  ['numbers as JavaScript prints them', ['1.5', '2', '-0.25', '1e-7', '1.5e+300'], 'DOUBLE'],
  ['numbers as Python prints them', ['1.5', '2.0', '-0.25', '1e-07', '1.5e+300'], 'DOUBLE'],
  ['numbers that would become one', ['3.1', '3.10'], 'VARCHAR'],
  ['numbers that are printed otherwise', ['1e5', '1.5'], 'VARCHAR'],
  ['zeros of two signs', ['0.0', '-0.0'], 'VARCHAR'],
  ['days', ['2026-01-31', '2024-02-29'], 'DATE'],
  ['times without a zone', ['2026-01-31 10:20:30', '2026-01-31 10:20:30.123456'], 'TIMESTAMP'],
  ['times with and without seconds', ['2026-01-31 10:20', '2026-01-31 10:20:00'], 'VARCHAR'],
  ['instants', ['2026-01-31T10:20:30Z', '2026-01-31T10:20:30.5Z'], 'TIMESTAMP WITH TIME ZONE'],
  ['instants of two zones', ['2026-01-31T10:20:30Z', '2026-01-31T12:20:30+02:00'], 'VARCHAR'],
  ['times of two precisions', ['2026-01-31 10:20:30.5', '2026-01-31 10:20:30.50'], 'VARCHAR'],
  ['booleans', ['True', 'False', ''], 'BOOLEAN'],
  ['booleans of two kinds', ['true', 'False', 'TRUE'], 'VARCHAR'],
  ['one zero in front', ['501', '00501', '90210'], 'VARCHAR'],
  ['one plus in front', ['49', '+49'], 'VARCHAR'],
  ['names with an E', ['12E5', '13', '14'], 'VARCHAR'],
  ['numbers beyond BIGINT', ['9223372036854775808', '1'], 'DECIMAL(28,0)'],
  ['more digits than a DECIMAL has', ['1'.repeat(39), '1'], 'VARCHAR'],
  ['more digits than a DOUBLE keeps', ['0.1234567890123456789', '1.5'], 'VARCHAR'],
  ['numbers beyond DOUBLE', ['1e400', '1.5'], 'VARCHAR'],
  ['days of another format', ['31.01.2026', '28.02.2026'], 'VARCHAR'],
  ['days of two formats', ['2026-01-31', '01/31/2026'], 'VARCHAR'],
  ['days and times', ['2026-01-31', '2026-01-31 10:20:30'], 'VARCHAR'],
  ['a day that is none', ['2026-01-31', '2026-02-30'], 'VARCHAR'],
  ['times finer than microseconds', ['2026-01-31 10:20:30.1234567'], 'VARCHAR'],
  ['yes and no', ['yes', 'no'], 'VARCHAR'],
  ['not a number', ['1.5', 'NaN'], 'VARCHAR'],
  ['numbers with spaces', ['1', ' 2'], 'VARCHAR'],
  ['an empty text among numbers', ['1', '""'], 'VARCHAR'],
  ['nothing at all', ['', ''], 'VARCHAR'],
])('%s: %j is %s', async (_what, values, type) => {
  expect(await typesOf(`name,value\n${values.map((value, index) => `n${index},${value}\n`).join('')}`)).toEqual({ name: 'VARCHAR', value: type });
});

test('types are told by all lines of a file, not by the first ones', async () => {
  const zips = Array.from({ length: 30_000 }, (_, index) => `town,${index + 10_000}\n`).join('');
  expect(await typesOf(`city,zip\n${zips}town,00501\n`)).toEqual({ city: 'VARCHAR', zip: 'VARCHAR' });
});

test('one odd value keeps a column of numbers as text, and is named', async () => {
  const numbers = Array.from({ length: 5000 }, (_, index) => `x,${index}\n`).join('');
  expect(await typesOf(`a,b\n${numbers}x,n/a\n`)).toEqual({ a: 'VARCHAR', b: 'VARCHAR' });
  expect(expectPlan(await trial.plan({ name: 't', from: 't.csv' })).notes).toEqual([
    'Column b is kept as text: "n/a" is not of type BIGINT, the 5,000 values before it would be.',
  ]);
});

test.each([
  ['semicolons', 'a;b\n1,5;x\n2,5;y\n', { a: 'VARCHAR', b: 'VARCHAR' }],
  ['tabs', 'a\tb\n1\t"x, y"\n', { a: 'BIGINT', b: 'VARCHAR' }],
  ['bars', 'a|b\n1|x\n', { a: 'BIGINT', b: 'VARCHAR' }],
  ['a byte order mark', '\ufeffa,b\n1,x\n', { a: 'BIGINT', b: 'VARCHAR' }],
  ['line breaks in quotes', 'a,"b\nc"\n1,"x\ny"\n', { a: 'BIGINT', 'b\nc': 'VARCHAR' }],
  ['Windows line breaks', 'a,b\r\n1,x\r\n', { a: 'BIGINT', b: 'VARCHAR' }],
  ['quoted names', '"a ""x""",b\n1,x\n', { 'a "x"': 'BIGINT', b: 'VARCHAR' }],
  ['one column', 'a\n1\n2\n', { a: 'BIGINT' }],
  ['a header only', 'a,b\n', { a: 'VARCHAR', b: 'VARCHAR' }],
  ['no header', '1,x\n2,y\n', { column_1: 'BIGINT', column_2: 'VARCHAR' }],
  ['a column without a name', ',b\n1,x\n', { column_1: 'BIGINT', b: 'VARCHAR' }],
])('%s are understood', async (_what, content, types) => {
  expect(await typesOf(content)).toEqual(types);
});

test('quotes that are letters do not make a file of broken lines', async () => {
  const lines = Array.from({ length: 50 }, (_, index) => `${index}\t5" pipe, "best" one\n`).join('');
  expect(await typesOf(`id\tname\n${lines}`, 'tsv')).toEqual({ id: 'BIGINT', name: 'VARCHAR' });
  expect(await trial.plan({ name: 't', from: 't.tsv' })).toMatchObject({ file: { csv: { delimiter: '\t', quote: null } } });
});

test('two columns that differ by capitals only get a reported new name', async () => {
  await trial.write('t.csv', 'id,Id,ID_2,ID\n1,2,3,4\n');
  const plan = expectPlan(await trial.plan({ name: 't', from: 't.csv' }));
  expect(plan.columns.map(({ source_name, name }) => [source_name, name])).toEqual([
    ['id', 'id'],
    ['Id', 'Id_3'],
    ['ID_2', 'ID_2'],
    ['ID', 'ID_4'],
  ]);
  expect(plan.notes).toHaveLength(2);
});

test('600 columns are a plan', async () => {
  const names = Array.from({ length: 600 }, (_, index) => `c${index}`);
  expect(Object.keys(await typesOf(`${names.join(',')}\n${names.map(() => '1').join(',')}\n`))).toHaveLength(600);
});

test('a plan says where rows go, how many there are, and which file it was', async () => {
  await trial.write('sales/orders.csv', 'id,x\n1,a\n2,b\n');
  expect(await trial.plan({ name: 'sales.orders', badRows: 'fail' })).toMatchObject({
    kind: 'csv',
    from: { schema: null, name: 'sales/orders.csv' },
    target: { schema: 'sales', name: 'orders' },
    estimated_rows: 2,
    estimated_bytes: 13,
    bad_rows: 'fail',
    bad_row_share: 0.001,
    file: { bytes: 13, csv: { delimiter: ',', quote: '"', header: true } },
  });
});

test('the keys of all objects are the columns of an NDJSON file', async () => {
  const lines = [
    '{"n": 1, "f": 1.5, "s": "x", "b": true, "o": {"k": [1]}, "t": "2026-01-31T10:20:30Z", "nothing": null}',
    '{"late": "2026-01-31", "n": null}',
    '{"mixed": 1}',
    '{"mixed": "1"}',
    '{"exact": 0.12345678901234567890123}',
    '{"exact": 1.5}',
    '{"zip": "00501"}',
  ];
  expect(await typesOf(`${lines.join('\n')}\n`, 'ndjson')).toEqual({
    n: 'BIGINT',
    f: 'DECIMAL(18,1)',
    s: 'VARCHAR',
    b: 'BOOLEAN',
    o: 'JSON',
    t: 'TIMESTAMP WITH TIME ZONE',
    nothing: 'JSON',
    late: 'DATE',
    mixed: 'JSON',
    exact: 'JSON',
    zip: 'VARCHAR',
  });
  const { notes } = expectPlan(await trial.plan({ name: 't', from: 't.ndjson' }));
  expect(notes).toEqual([
    'Column mixed has values of several kinds and is kept as JSON text.',
    'Column exact is kept as JSON text: its numbers are not all written in one way, "1.5" would not come back as it is. The type DECIMAL(28,23) loads them all the same.',
  ]);
});

test('packed files are planned as what they hold', async () => {
  expect(await typesOf(gzipSync('a,b\n1,x\n'), 'csv.gz')).toEqual({ a: 'BIGINT', b: 'VARCHAR' });
  expect(await typesOf(gzipSync('{"a": 1}'), 'ndjson.gz')).toEqual({ a: 'BIGINT' });
});

test.each([
  ['an empty file', '', 'csv', /empty/],
  ['nothing but a byte order mark', '\ufeff', 'csv', /empty/],
  ['UTF-32', Buffer.from('fffe0000610000000a000000', 'hex'), 'csv', /utf-32/],
  ['an empty NDJSON file', '\n', 'ndjson', /empty/],
  ['objects without members', '{}\n{}\n', 'ndjson', /no.*members/i],
  ['an array', '[{"a": 1}]', 'ndjson', /No line of it is a JSON object/],
  ['a file that is no Parquet', 'a,b\n', 'parquet', /Parquet/],
  ['an archive that is torn', gzipSync('a,b\n1,x\n').subarray(0, 20), 'csv.gz', /unexpected end/],
])('%s is unreadable with its reason', async (_what, content, ending, reason) => {
  expect(await reasonOf(content, ending)).toMatch(reason);
});
