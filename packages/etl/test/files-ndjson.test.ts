import { afterAll, beforeAll, expect, test } from 'vitest';
import { FilesTrial, type Loaded } from './support/files-load.ts';

let trial: FilesTrial;
beforeAll(async () => {
  trial = await FilesTrial.start();
});
afterAll(async () => {
  await trial[Symbol.asyncDispose]();
});

const many = Array.from({ length: 3000 }, (_, index) => `{"id": ${index}, "name": "n${index}", "tags": [${index}, {"k": null}]}\n`);

async function load(content: string | Buffer, types: Record<string, string> = {}): Promise<Loaded> {
  await trial.write('t.ndjson', content);
  const loaded = await trial.load({ name: 't', types });
  const { extract, sums } = loaded;
  expect(extract.sums).toEqual(sums);
  expect(extract.rows_read).toBe(loaded.rows.length + extract.rows_quarantined);
  expect(extract.rows_quarantined).toBe(loaded.bad.length);
  return loaded;
}

test('values arrive as they were written, a missing member as NULL', async () => {
  const { rows, types } = await load(
    '{"n": -5, "f": 1.5, "s": "é 😀 \\"q\\"\\n\\\\ ,", "b": true, "d": "2026-01-31"}\r\n{"s": "", "n": null}\n{"f": 2, "b": false}',
  );
  expect(rows).toEqual([
    ['-5', '1.5', 'é 😀 "q"\n\\ ,', 'true', '2026-01-31'],
    [null, null, '', null, null],
    [null, '2.0', null, 'false', null],
  ]);
  expect(types).toEqual({ n: 'BIGINT', f: 'DOUBLE', s: 'VARCHAR', b: 'BOOLEAN', d: 'DATE' });
});

test('nested values keep the text that they have in the file, every digit and space of it', async () => {
  const texts = [
    '{"a" : 1.10,  "b": [1e5, 12345678901234567890.5]}',
    '[ -0.0, "\\u00e9\\/", 0.10000000000000000555, 1E400 ]',
    '{"k": {"k": 1, "k": 2}}',
    '[]',
  ];
  const { rows, types } = await load(texts.map((text) => `{"j": ${text}}\n`).join(''));
  expect(rows).toEqual(texts.map((text) => [text]));
  expect(types).toEqual({ j: 'JSON' });
});

test('numbers that no type keeps, and columns of several kinds, stay JSON text', async () => {
  const { rows } = await load('{"n": 0.1234567890123456789012, "m": 1}\n{"n": 123456789012345678901234567890, "m": "1"}\n{"n": 1, "m": false}\n');
  expect(rows).toEqual([
    ['0.1234567890123456789012', '1'],
    ['123456789012345678901234567890', '"1"'],
    ['1', 'false'],
  ]);
});

test('keys that differ by capitals, or need escapes, are columns of their own', async () => {
  const { rows, plan } = await load('{"a": 1, "A": 2, "x/y~z": 3, "q\\"\\u00e9": 4, "": 5}\n{"": 9, "A": 7, "a": 6, "q\\"é": 8}\n');
  expect(plan.columns.map(({ name }) => name)).toEqual(['a', 'A_2', 'x/y~z', 'q"é', 'column_5']);
  expect(rows).toEqual([
    ['1', '2', '3', '4', '5'],
    ['6', '7', null, '8', '9'],
  ]);
});

test('each kind of bad line stands in quarantine with its line and reason, and nothing else does', async () => {
  const lines: [line: string | Buffer, column: string | null, reason: string][] = [
    ['{"id": 1, "name": "no end', null, 'it is not valid JSON'],
    ['{"id": NaN}', null, 'it is not valid JSON'],
    ['[1, 2]', null, 'it is not a JSON object'],
    ['{"id": 1}{"id": 2}', null, 'it is not valid JSON'],
    ['{"id": 1, "id": 2}', 'id', 'the key appears twice in the object'],
    ['{"id": "x"}', 'id', '"x" cannot be kept as BIGINT'],
    ['{"id": {"k": 1}}', 'id', '"{"k": 1}" is a json instead of a BIGINT'],
    ['{"id": 9223372036854775808}', 'id', '"9223372036854775808" cannot be kept as BIGINT'],
    ['{"name": 5.0}', 'name', '"5.0" is a number whose text JSON does not keep'],
    ['{"name\\u0000": 5}', 'name\\0', 'the key holds a NUL character'],
    ['{"name": "half \\ud83d"}', null, 'it holds half of a surrogate pair'],
    ['{"tags": ["half \\udc00"]}', null, 'it holds half of a surrogate pair'],
    ['{"name": "n\\u0000l"}', 'name', 'it holds a NUL character'],
    [Buffer.from('{"name": "n\0l"}'), null, 'it holds a NUL byte'],
    [Buffer.from('{"name": "caf\xe9"}', 'latin1'), null, 'it is not UTF-8'],
  ];
  const pieces = lines.flatMap(([line], index) => [many.slice(index * 100, index * 100 + 100).join(''), line, '\n']);
  const rest = many.slice(lines.length * 100).join('');
  const { bad, rows } = await load(Buffer.concat([...pieces, rest, '{"id": 5, "na'].map((piece) => Buffer.from(piece))), {
    id: 'BIGINT',
    name: 'VARCHAR',
  });
  expect(bad.map(({ column, reason }) => [column, reason])).toEqual([
    ...lines.map(([, column, reason]) => [column, reason]),
    [null, 'it is not valid JSON'],
  ]);
  expect(bad.map(({ line }) => line)).toEqual([...lines.map((_, index) => 101 + index * 101), 3001 + lines.length]);
  expect(bad[4]?.raw).toBe('{"id": 1, "id": 2}');
  expect(rows.map(([id]) => Number(id)).sort((a, b) => a - b)).toEqual(many.map((_, index) => index));
});

test('escaped pairs and backslashes before a "ud" are no halves', async () => {
  const { rows } = await load('{"s": "\\ud83d\\ude00 \\\\ud83d"}\n');
  expect(rows).toEqual([['😀 \\ud83d']]);
});

test('a key that was not there when the table was planned becomes a column', async () => {
  await trial.write('t.ndjson', many.join(''));
  const plan = await trial.plan({ name: 't' });
  await trial.write('t.ndjson', `${many.join('')}{"id": 3000, "new": 1}\n`);
  const renewed = await trial.plan({ name: 't' });
  if (!('columns' in plan) || !('columns' in renewed)) throw new Error('no plan');
  const old = { ...plan, ...(renewed.file && { file: renewed.file }) };
  const extract = await trial.extract(old);
  const { bad, rows } = await trial.read(extract.plan, extract);
  expect(bad).toEqual([]);
  expect(rows.at(-1)).toEqual(['3000', null, null, '1']);
  expect(extract.plan.notes).toEqual([expect.stringMatching(/^Line 3001, column new: the key was not there .* new BIGINT/)]);
});

test('a very deep value is kept', async () => {
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
  const { rows } = await load(`{"j": ${deep}}\n`);
  expect(rows[0]?.[0] === deep).toBe(true);
});

test('a share takes the same rows every time', async () => {
  await trial.write('t.ndjson', many.join(''));
  const { rows, extract, sums } = await trial.load('t', 0.01);
  expect(rows).toHaveLength(30);
  expect(extract.sums).toEqual(sums);
});

test.each(['t.ndjson', 't.json'])('a byte order mark before %s is no part of it', async (file) => {
  await trial.write(file, '\ufeff{"a":1}\n{"a":2}\n');
  const { rows, sums, extract } = await trial.load({ name: 't', from: file });
  expect(rows).toEqual([['1'], ['2']]);
  expect(sums).toEqual(extract.sums);
});

test.each([
  ['a comma between values that are in no array', '{"a":1},\n{"a":2}\n', /there is a comma between values/],
  ['an array that is closed and was not opened', '{"a":1}\n]\n{"a":2}\n', /closes an array/],
  ['an object that is closed twice', '{"a":1}}\n{"a":2}\n', /closes an object/],
])('%s is a bad row, and ends no reading', async (_what, text, reason) => {
  await trial.write('t.json', text);
  const { rows, bad } = await trial.load({ name: 't', from: 't.json' });
  expect(rows).toEqual([['1'], ['2']]);
  expect(bad.map((row) => row.reason)).toEqual([expect.stringMatching(reason)]);
});
