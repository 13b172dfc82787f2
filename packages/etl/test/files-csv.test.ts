import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { etlPaths } from '../src/home.ts';
import { expectPlan, FilesTrial, type Loaded, quiet } from './support/files-load.ts';

let trial: FilesTrial;
beforeAll(async () => {
  trial = await FilesTrial.start();
});
afterAll(async () => {
  await trial[Symbol.asyncDispose]();
});

/** Many good rows, so that a few bad ones do not decide about the types. */
const many = Array.from({ length: 3000 }, (_, index) => `${index},name ${index},2026-01-${String((index % 28) + 1).padStart(2, '0')}\n`);
const HEADER = 'id,name,day\n';

/** Types that a person gives: a value that is none of its type is a bad row, and no reason for another type. */
const TYPES = { id: 'BIGINT', day: 'DATE' };

async function load(content: string | Buffer, types: Record<string, string> = {}): Promise<Loaded> {
  await trial.write('t.csv', content);
  const loaded = await trial.load({ name: 't', from: 't.csv', types });
  const { extract, sums } = loaded;
  expect(extract.sums).toEqual(sums);
  expect(extract.rows_read).toBe(loaded.rows.length + extract.rows_quarantined);
  expect(extract.rows_quarantined).toBe(loaded.bad.length);
  return loaded;
}

test('values arrive as they were written, with the planned types', async () => {
  const { rows, types } = await load('a,b,c,d,e,f,g\n1,-1.5,true,2026-01-31,2026-01-31T10:20:30.5,2026-01-31 10:20:30+02,00501\n');
  expect(rows).toEqual([['1', '-1.5', 'true', '2026-01-31', '2026-01-31 10:20:30.5', '2026-01-31 08:20:30+00', '00501']]);
  expect(types).toEqual({ a: 'BIGINT', b: 'DECIMAL(18,1)', c: 'BOOLEAN', d: 'DATE', e: 'TIMESTAMP', f: 'TIMESTAMP WITH TIME ZONE', g: 'VARCHAR' });
});

test('a bare empty value is NULL, a quoted one is an empty text', async () => {
  const { rows } = await load('a,b\nx,\ny,""\n,z\n');
  expect(rows).toEqual([
    ['x', null],
    ['y', ''],
    [null, 'z'],
  ]);
});

test('quotes, line breaks and other letters in values stay', async () => {
  const { rows } = await load('a,b\r\n"x ""y""\r\nz",", é 😀"\r\n"\n",\\\r\n');
  expect(rows).toEqual([
    ['x "y"\r\nz', ', é 😀'],
    ['\n', '\\'],
  ]);
});

test('empty lines are no rows among several columns, and a NULL in one', async () => {
  expect((await load('a,b\n1,x\n\n2,y\n\n')).extract.rows_read).toBe(2);
  expect((await load('a\nx\n\ny\n')).rows).toEqual([['x'], [null], ['y']]);
});

test('a file without a header, and a last line without a line break, lose no row', async () => {
  expect((await load('1,x\n2,y')).rows).toEqual([
    ['1', 'x'],
    ['2', 'y'],
  ]);
});

test('a header only is an empty table', async () => {
  const { extract } = await load('a,b\n');
  expect(extract).toMatchObject({ parts: [], rows_read: 0, sums: { rows: 0 } });
});

test('each kind of bad line stands in quarantine with its line and reason, and nothing else does', async () => {
  const lines: [line: string | Buffer, column: string | null, reason: string][] = [
    ['9001,"never closed,2026-01-01', null, 'a quote is opened and not closed'],
    ['9002,too few', null, 'it has 2 values instead of 3'],
    ['9003,too,2026-01-01,many', null, 'it has 4 values instead of 3'],
    ['x9004,no number,2026-01-01', 'id', '"x9004" cannot be kept as BIGINT'],
    ['99999999999999999999,overflow,2026-01-01', 'id', '"99999999999999999999" cannot be kept as BIGINT'],
    ['9005,no day,2026-02-30', 'day', '"2026-02-30" cannot be kept as DATE'],
    ['9006,n\0l,2026-01-01', null, 'it holds a NUL byte'],
    [Buffer.from('9007,caf\xe9,2026-01-01', 'latin1'), null, 'it is not UTF-8'],
    ['9008,a "quote" inside,2026-01-01', null, 'there is a quote inside a value that is not quoted'],
    ['9009,"closed" early,2026-01-01', null, 'text follows a closing quote'],
    ['9010,return\rinside,2026-01-01', null, 'there is a carriage return in the middle of a line'],
  ];
  const pieces = lines.flatMap(([line], index) => [many.slice(index * 100, index * 100 + 100).join(''), line, '\n']);
  const rest = many.slice(lines.length * 100).join('');
  const torn = '9011,torn';
  const { bad, rows, types } = await load(Buffer.concat([HEADER, ...pieces, rest, torn].map((piece) => Buffer.from(piece))), TYPES);
  expect(types).toEqual({ id: 'BIGINT', name: 'VARCHAR', day: 'DATE' });
  expect(bad.map(({ column, reason }) => [column, reason])).toEqual([
    ...lines.map(([, column, reason]) => [column, reason]),
    [null, 'it has 2 values instead of 3'],
  ]);
  expect(bad.map(({ line }) => line)).toEqual([...lines.map((_, index) => 102 + index * 101), 3013]);
  expect(bad[0]?.raw).toBe('9001,"never closed,2026-01-01');
  expect(bad[6]?.raw).toBe('9006,n\\x00l,2026-01-01');
  expect(bad[7]?.raw).toBe('9007,caf\\xe9,2026-01-01');
  expect(rows.map(([id]) => Number(id)).sort((a, b) => a - b)).toEqual(many.map((_, index) => index));
});

test.each([
  ['the next quoted value', '8000,"x",2026-01-01\n'],
  ['a quoted value that begins with a comma', '8000,", x",2026-01-01\n'],
  ['an empty quoted value', '8000,"",2026-01-01\n8001,"x",2026-01-01\n'],
  ['the end of the file', ''],
])('an unclosed quote costs its own line only, up to %s', async (_what, next) => {
  const { bad, rows } = await load(`${HEADER}${many.join('')}7000,"unclosed,2026-01-01\n7001,good,2026-01-01\n${next}7002,good,2026-01-01\n`);
  expect(bad.map(({ raw }) => raw)).toEqual(['7000,"unclosed,2026-01-01']);
  expect(rows).toHaveLength(many.length + 2 + (next.match(/\n/g)?.length ?? 0));
});

test('lines behind a value of several lines have their own numbers', async () => {
  const { bad } = await load(`${HEADER}${many.join('')}1,"two\nlines",2026-01-01\n\nbad,x,2026-01-01\n`, TYPES);
  expect(bad).toEqual([expect.objectContaining({ line: 3005, raw: 'bad,x,2026-01-01' })]);
});

test('with badRows "fail" the first bad line is an error that names it', async () => {
  await trial.write('t.csv', `${HEADER}${many.join('')}x,y,2026-01-01\n`);
  const plan = expectPlan(await trial.plan({ name: 't', from: 't.csv', badRows: 'fail', types: TYPES }));
  await expect(trial.extract(plan)).rejects.toMatchObject({
    code: 'TABLE_UNREADABLE',
    message: 'Line 3002 of t.csv is a bad row: id: "x" cannot be kept as BIGINT.',
    kind: { lasting: true },
  });
});

test('types that a person has given are kept, whatever the values turn out to be', async () => {
  const { bad, rows } = await load('id\n1\n2\n007\n1.5\n""\n', { id: 'bigint' });
  expect(rows).toEqual([['1'], ['2'], ['7']]);
  expect(bad).toEqual([
    { line: 5, column: 'id', reason: '"1.5" cannot be kept as BIGINT', raw: '1.5' },
    { line: 6, column: 'id', reason: '"" cannot be kept as BIGINT', raw: '""' },
  ]);
});

test('a file that has changed since it was planned is an error with a next step', async () => {
  await trial.write('t.csv', 'id\n1\n');
  const plan = expectPlan(await trial.plan({ name: 't', from: 't.csv' }));
  await trial.write('t.csv', 'id\n1\n2\n');
  await expect(trial.extract(plan)).rejects.toMatchObject({
    code: 'TABLE_UNREADABLE',
    message: 't.csv has changed since it was planned.',
    hint: expect.any(String),
  });
});

test('a large file becomes several parts, and no spool file is left', async () => {
  await trial.write('t.csv', HEADER + many.join('').repeat(20));
  const plan = { ...expectPlan(await trial.plan({ name: 't', from: 't.csv' })), chunk_mb: 0.5 };
  const extract = await trial.extract(plan);
  expect(extract.parts.length).toBeGreaterThan(1);
  const { sums, rows } = await trial.read(plan, extract);
  expect(rows).toHaveLength(many.length * 20);
  expect(sums).toEqual(extract.sums);
  expect(await readdir(etlPaths(trial.home).spool)).toEqual([]);
});

test('texts of many lines, with quotes and commas in them, do not tear wherever a reader begins', async () => {
  const texts = Array.from({ length: 500 }, (_, index) => Array.from({ length: 800 }, (_, line) => `${line},""${index}"" x,y`).join('\n'));
  await trial.write('t.csv', `id,text\n${texts.map((text, index) => `${index},"${text}"\n`).join('')}`);
  const { extract, sums, rows } = await trial.load({ name: 't', from: 't.csv' });
  expect(rows).toHaveLength(500);
  expect(extract.sums).toEqual(sums);
});

test('a value of 20 MB is kept', async () => {
  const long = 'x'.repeat(20 << 20);
  await trial.write('t.csv', `a,b\n1,"${long}"\n2,y\n`);
  const plan = expectPlan(await trial.plan({ name: 't', from: 't.csv' }));
  const extract = await trial.extract(plan, { verify: 'sums' });
  expect(extract).toMatchObject({ rows_read: 2, rows_quarantined: 0, sums: { columns: { b: { bytes: String(long.length + 1) } } } });
  const [[bytes] = []] = (await trial.duckdb.runAndReadAll(`select sum(strlen(b)) from read_parquet('${extract.parts[0]?.file}')`)).getRows();
  expect(Number(bytes)).toBe(long.length + 1);
});

test('a share takes the same rows every time, spread over the file', async () => {
  await trial.write('t.csv', HEADER + many.join(''));
  const first = await trial.load({ name: 't', from: 't.csv' }, 0.01);
  const second = await trial.load({ name: 't', from: 't.csv' }, 0.01);
  expect(first.rows).toHaveLength(30);
  expect(first.rows.sort()).toEqual(second.rows.sort());
  expect(first.extract).toMatchObject({ rows_read: 30, sums: first.sums });
  expect(first.rows.map(([id]) => Number(id))).toContain(0);
});

test('a packed file is read as what it holds', async () => {
  await trial.write('p.csv.gz', gzipSync(`${HEADER}${many.join('')}bad line\n`));
  const { rows, bad, extract, sums } = await trial.load('p');
  expect(rows).toHaveLength(many.length);
  expect(bad).toHaveLength(1);
  expect(extract.sums).toEqual(sums);
});

test('an aborted run stops, and leaves nothing behind but parts', async () => {
  await trial.write('t.csv', HEADER + many.join('').repeat(10));
  const plan = { ...expectPlan(await trial.plan({ name: 't', from: 't.csv' })), chunk_mb: 0.1 };
  const abort = new AbortController();
  const context = { ...quiet(abort.signal), progress: () => abort.abort(new Error('stopped')) };
  await expect(trial.extract(plan, { context })).rejects.toThrow('stopped');
  expect(await readdir(etlPaths(trial.home).spool)).toEqual([]);
});

test('parts of an earlier try are gone when the table is read again', async () => {
  await trial.write('t.csv', HEADER + many.join('').repeat(5));
  const plan = expectPlan(await trial.plan({ name: 't', from: 't.csv' }));
  await trial.extract({ ...plan, chunk_mb: 0.1 });
  await trial.extract(plan);
  expect(await readdir(join(etlPaths(trial.home).parts, 'load'))).toEqual(['part-00001.parquet']);
});

test('progress tells of rows and of how many there will be', async () => {
  await trial.write('t.csv', HEADER + many.join(''));
  const plan = expectPlan(await trial.plan({ name: 't', from: 't.csv' }));
  const heard: unknown[] = [];
  await trial.extract(plan, { context: { ...quiet(), progress: (progress) => heard.push(progress) } });
  expect(heard[0]).toEqual({ done: 3000, total: 3000, label: 'rows' });
});
