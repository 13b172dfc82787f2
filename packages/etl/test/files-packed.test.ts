import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FilesTrial } from './support/files-load.ts';

let trial: FilesTrial;
beforeAll(async () => {
  trial = await FilesTrial.start();
});
afterAll(async () => {
  await trial[Symbol.asyncDispose]();
});

const CSV = 'id,name\n1,é\n2,x\n';
const JSON_LINES = '{"id": 1, "name": "é"}\n{"id": 2, "name": "x"}\n';

const PACKERS = { 'not packed': (text: string) => Buffer.from(text), gzip: gzipSync, zstd: zstdCompressSync };

const cases = Object.keys(PACKERS).flatMap((packer) =>
  ['t.csv', 't.CSV.GZ', 't.csv.gz', 't.csv.zst', 't.tab', 't.ndjson', 't.jsonl.zst', 't.json', 't.JSON.gz'].map((name) => [packer, name] as const),
);

test.each(cases)('a file that is %s is read by its first bytes when it is called %s', async (packer, name) => {
  const pack = PACKERS[packer as keyof typeof PACKERS];
  await trial.write(name, pack(/json/i.test(name) ? JSON_LINES : CSV));
  const { rows, extract, sums } = await trial.load({ name: 't', from: name });
  expect(rows).toEqual([
    ['1', 'é'],
    ['2', 'x'],
  ]);
  expect(extract).toMatchObject({ rows_read: 2, rows_quarantined: 0 });
  expect(extract.sums).toEqual(sums);
});

test.each([
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
])('files that %s has packed one behind the other are one text', async (_name, pack) => {
  await trial.write('t.csv', Buffer.concat([pack(CSV), pack('3,y\n')]));
  expect((await trial.load({ name: 't', from: 't.csv' })).rows.map(([id]) => id)).toEqual(['1', '2', '3']);
});

test.each([
  ['gzip that is cut', gzipSync(CSV).subarray(0, -9), /unexpected end/],
  ['zstd that is cut', zstdCompressSync(CSV).subarray(0, -3), /unexpected end/],
  ['gzip with a rest that is none', Buffer.concat([gzipSync(CSV), Buffer.from('4,z\n')]), /incorrect header/],
  ['zstd with a rest that is none', Buffer.concat([zstdCompressSync(CSV), Buffer.from('4,z\n')]), /frame|header/i],
  ['a Parquet file under another name', Buffer.from('PAR1\u0015\u0004 and so on'), /it is a Parquet file/],
  ['an ORC file under another name', Buffer.from('ORC\n\u0006\u0008 and so on'), /it is an ORC file/],
  ['a workbook under another name', Buffer.from('PK\u0003\u0004 and so on'), /ZIP archive or a workbook/],
])('%s is unreadable with its reason', async (_what, content, reason) => {
  await trial.write('t.csv', content);
  expect(await trial.plan({ name: 't', from: 't.csv' })).toMatchObject({ reason: expect.stringMatching(reason) });
});

test.each(['ORCID', 'PAR1', 'ARROW1'])('text that begins with %s, as other programs’ files do, is text', async (word) => {
  await trial.write('t.csv', `${word},n\na,1\n`);
  expect((await trial.load({ name: 't', from: 't.csv' })).types).toEqual({ [word]: 'VARCHAR', n: 'BIGINT' });
});

const OBJECTS = [{ id: 1, name: 'a "quoted", {odd} [one] \\ é', deep: { list: [1.1, { k: null }] } }, { id: 2 }, { id: 3, name: 'x\ny' }];

test.each([
  ['an array on one line', JSON.stringify(OBJECTS)],
  ['an array on many lines', JSON.stringify(OBJECTS, null, 2)],
  ['objects on many lines, one behind the other', OBJECTS.map((object) => JSON.stringify(object, null, '\t')).join('\n')],
  ['objects without anything between them', OBJECTS.map((object) => JSON.stringify(object)).join('')],
  ['objects, one a line, after a byte order mark', `\ufeff${OBJECTS.map((object) => JSON.stringify(object)).join('\r\n')}`],
])('a JSON file may hold %s', async (_what, text) => {
  await trial.write('t.json', text);
  const { rows, extract, sums } = await trial.load({ name: 't', from: 't.json' });
  expect(rows.map(([id, name, deep]) => [Number(id), name, deep && JSON.parse(deep)])).toEqual(
    OBJECTS.map(({ id, name = null, deep = null }) => [id, name, deep]),
  );
  expect(extract.sums).toEqual(sums);
});

test('an element that is no object is a bad row, with the line where it stands', async () => {
  await trial.write('t.json', '[\n{"id": 1},\n7,\n"x",\n{"id": 2},\n[{"id": 3}],\n{"id": 04}\n]\n');
  const { rows, bad } = await trial.load({ name: 't', from: 't.json', badRowShare: 1 });
  expect(rows).toEqual([['1'], ['2']]);
  expect(bad.map(({ line, raw }) => [line, raw])).toEqual([
    [3, '7'],
    [4, '"x"'],
    [6, '[{"id": 3}]'],
    [7, '{"id": 04}'],
  ]);
});

test.each([
  ['an array that is cut between two elements', '[{"id": 1}, ', /its array is not closed: the file may be cut/],
  ['an array that is cut behind an element', '[{"id": 1}', /its array is not closed: the file may be cut/],
  ['more behind the array', '[{"id": 1}] [{"id": 2}]', /something follows its array/],
  ['an array without objects', '[1, 2]', /JSON object with members/],
  ['an empty array', '[]', /empty/],
])('%s is unreadable with its reason', async (_what, text, reason) => {
  await trial.write('t.json', text);
  expect(await trial.plan({ name: 't', from: 't.json' })).toMatchObject({ reason: expect.stringMatching(reason) });
});
