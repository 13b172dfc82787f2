import { createTestDatabase } from '@sluice/server/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Extract, VerifyLevel } from '../src/model.ts';
import { loadExtract, openTestSource, type TestSource } from './support/postgres-source.ts';

let source: TestSource;
beforeAll(async () => {
  source = await openTestSource(inject('postgres'));
  await source.sql('create type with_json as (n int, j json)');
});
afterAll(() => source[Symbol.asyncDispose]());

/** The rows in quarantine, when counts add up and the sums are those of the rows that were kept. */
async function quarantined(extract: Extract, verify: VerifyLevel = 'full'): Promise<unknown[][]> {
  using warehouse = await loadExtract(extract);
  const rows = await warehouse.quarantine();
  expect(rows).toHaveLength(extract.rows_quarantined);
  expect(extract.rows_read).toBe(extract.parts.reduce((sum, part) => sum + part.rows, 0) + extract.rows_quarantined);
  if (extract.parts.length > 0) expect(await warehouse.sums(verify)).toEqual(extract.sums);
  return rows;
}

/** A type, a value that stays, and one that has no equal in DuckDB. */
const UNFIT: readonly (readonly [type: string, good: string, bad: string, reason: RegExp])[] = [
  ['numeric(10,2)', '1.50', 'NaN', /NaN is not a value of DECIMAL/],
  ['numeric(38,2)', '1.50', 'NaN', /NaN/],
  ['timestamp', '294247-01-10 04:00:54.775806', '294247-01-10 04:00:54.775807', /294247/],
  ['timestamp', 'infinity', '294276-12-31 23:59:59.999999', /294247/],
  ['timestamptz', '294247-01-10 04:00:54+00', '294276-12-31 23:59:59+00', /294247/],
  ['interval', '1 day', 'infinity', /infinite/],
  ['interval', '-1 day', '-infinity', /infinite/],
  ['json', '"\\ud83d\\ude00 \\\\ud800"', '{"a":"\\ud83d"}', /surrogate/],
  ['json', '"\\uD83D\\uDE00"', '"\\udE00\\ud83d"', /surrogate/],
  ['with_json', '(1,"{""a"":1}")', '(1,"{""a"":""\\\\ud83d""}")', /surrogate/],
  ['with_json[]', '{"(1,1)"}', '{"(1,\\"\\"\\"\\\\\\\\ud83d\\"\\"\\")"}', /surrogate/],
  ['timestamptz[]', '{infinity,NULL}', '{"294276-12-31 23:59:59+00"}', /294247/],
  ['numeric(5,2)[]', '{1.25}', '{NaN,1}', /NaN/],
];

test.each(UNFIT)('a %s that DuckDB has no equal for stands in quarantine (%#)', async (type, good, bad, reason) => {
  const quoted = (text: string) => `'${text}'`;
  await source.sql(`drop table if exists unfit; create table unfit (id int, v ${type});
    insert into unfit values (1, ${quoted(good)}); analyze unfit;`);
  const plan = await source.plan('public.unfit');
  await source.sql(
    `insert into unfit select i, ${quoted(good)} from generate_series(2, 10) i; insert into unfit values (11, ${quoted(bad)}), (12, null)`,
  );
  const rows = await quarantined(await source.extract(plan));
  expect(rows).toEqual([[1, null, 'v', expect.stringMatching(reason), expect.stringMatching(/^\(11,/)]]);
});

test('rows whose arrays have other dimensions than the first ones are JSON when that is known in time', async () => {
  await source.sql(`create table ragged (v int[]); insert into ragged values ('{1,2}'), ('{{3},{4}}'), ('[5:6]={1,2}')`);
  const extract = await source.extract('public.ragged');
  expect(extract.plan.columns[0]?.neutral_type).toBe('JSON');
  expect(extract.plan.notes[0]).toMatch(/its arrays have 1 to 2 dimensions/);
  expect(await quarantined(extract)).toEqual([]);
});

test('arrays that do not begin at 1 are kept, and told', async () => {
  await source.sql(`create table bounds (v int[]); insert into bounds values ('[5:6]={1,2}'), ('{3}')`);
  const extract = await source.extract('public.bounds');
  expect(extract.plan.notes).toEqual(['Column v: arrays that did not begin at 1 begin there now (1 row).']);
  expect(await quarantined(extract)).toEqual([]);
});

test('a table can be told to fail at the first bad row instead', async () => {
  await source.sql(`create table strict (id int, n numeric(5,2)); insert into strict values (1, 1), (2, 'NaN')`);
  const plan = await source.plan({ name: 'public.strict', source: 'test', badRows: 'fail' });
  await expect(source.extract(plan)).rejects.toMatchObject({
    code: 'TABLE_UNREADABLE',
    message: expect.stringMatching(/in n NaN is not a value/),
    hint: expect.any(String),
  });
});

/** Below and above the size from which a table is measured at once. */
const FILLERS = [300, 1100];

test.each(FILLERS)('bad rows in several chunks are all there, each with its chunk (%i bytes a row)', async (filler) => {
  await source.sql(`drop table if exists several; create table several (id int, n numeric(5,2), filler text);
    insert into several select i, case when i % 1000 = 0 then numeric 'NaN' else i % 100 end, repeat('x', ${filler}) from generate_series(1, 10000) i`);
  const extract = await source.extract(await source.plan({ name: 'public.several', source: 'test', chunkMb: 1 }), { verify: 'sums' });
  const rows = await quarantined(extract, 'sums');
  expect(rows).toHaveLength(10);
  expect(new Set(rows.map(([chunk]) => chunk)).size).toBeGreaterThan(2);
});

test.each(FILLERS)('lines that DuckDB refuses in several chunks are all there, and the sums are without them (%i bytes a row)', async (filler) => {
  await using database = disposable(await otherEncoding('SQL_ASCII', []));
  const client = new pg.Client(database.url);
  await client.connect();
  await client.query(
    `insert into texts select i, case when i % 3000 = 0 then convert_from('\\xff', 'SQL_ASCII') end, repeat('c', 9), array[repeat('x', ${filler})] from generate_series(1, 10000) i`,
  );
  await client.end();
  const extract = await source.extract({ ...(await planAt(database.url)), chunk_mb: 2 }, { url: database.url, verify: 'sums' });
  const rows = await quarantined(extract, 'sums');
  expect(rows.map(([, , column, , raw]) => [column, String(raw).split('\t')[0]])).toEqual([
    ['v', '3000'],
    ['v', '6000'],
    ['v', '9000'],
  ]);
});

/** A database in another encoding than UTF-8. */
async function otherEncoding(encoding: string, bytes: readonly string[]): Promise<{ url: string; drop(): Promise<void> }> {
  const admin = new pg.Client(inject('postgres'));
  await admin.connect();
  const { name, drop } = await createTestDatabase(inject('postgres'));
  await admin.query(`drop database ${name}; `);
  await admin.query(`create database ${name} template template0 encoding '${encoding}' locale_provider libc locale 'C'`);
  await admin.end();
  const url = new URL(inject('postgres'));
  url.pathname = `/${name}`;
  const client = new pg.Client(url.href);
  await client.connect();
  await client.query(`create table texts (id int, v text, c char(9), a text[])`);
  const decoded = bytes.map(
    (hex, id) =>
      `(${id}, convert_from('\\x${hex}', getdatabaseencoding()), convert_from('\\x${hex}', getdatabaseencoding()), array[convert_from('\\x${hex}', getdatabaseencoding())])`,
  );
  if (decoded.length > 0) await client.query(`insert into texts values ${decoded.join(', ')}`);
  await client.end();
  return { url: url.href, drop };
}

test('a line that no condition foresaw, bytes that are no text, stands in quarantine, and the sums are without it', async () => {
  await using database = disposable(await otherEncoding('SQL_ASCII', ['6f6b', 'c3bc', 'ff', '61', 'e282']));
  const extract = await source.extract(await planAt(database.url), { url: database.url });
  const rows = await quarantined(extract);
  expect(rows.map(([, line, column]) => [line, column])).toEqual([
    ['3', 'v'],
    ['5', 'v'],
  ]);
  await expect(source.extract({ ...(await planAt(database.url)), bad_rows: 'fail' }, { url: database.url })).rejects.toMatchObject({
    code: 'TABLE_UNREADABLE',
  });
});

/** What was stored, from the raw text of a row in COPY's format. */
function bytesOf(raw: string): Buffer {
  const signs: { readonly [sign: string]: string } = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', '\\': '\\' };
  const parts = raw.split(/(\\x[0-9A-F]{2}|\\.)/s).map((part) => {
    if (/^\\x/.test(part)) return Buffer.from(part.slice(2), 'hex');
    return Buffer.from(part.startsWith('\\') ? (signs[part[1] ?? ''] ?? '') : part);
  });
  return Buffer.concat(parts);
}

test.each([
  ['a byte of latin-1 between good ones', '4f6c e9 6e64'],
  ['at the end, at the beginning, alone', '616263ff', 'ff616263', 'ff'],
  ['a literal that looks like an escape', '5c784539 e9 5c5c78 ff'],
  ['all that COPY escapes', '08090a0b0c0d5c5c6e e9 5c4e 5c2e'],
  ['half of a character before whole ones', 'e282 e282ac f09f98 f09f9880 c3'],
  ['too long a form, a surrogate, beyond the last character', 'c080 eda080 f5808080 f48fbfbf'],
  ['quotes, commas, brackets', '22 2c 28 29 e9 7b 7d'],
])('the raw text of a row in quarantine gives back every byte: %s', async (_, ...values) => {
  const bytes = values.map((hex) => hex.replaceAll(' ', ''));
  await using database = disposable(await otherEncoding('SQL_ASCII', []));
  const client = new pg.Client(database.url);
  await client.connect();
  await client.query(`alter table texts add n numeric(5,2), add b bytea`);
  // The second of each pair is found unfit by PostgreSQL, before DuckDB sees it.
  for (const [id, hex] of bytes.entries()) {
    await client.query(`insert into texts (id, v, n, b) values (${id}, convert_from('\\x${hex}', 'SQL_ASCII'), 1, '\\xe9'),
      (${id + 100}, convert_from('\\x${hex}', 'SQL_ASCII'), 'NaN', '\\xe9')`);
  }
  await client.end();
  const rows = await quarantined(await source.extract(await planAt(database.url), { url: database.url }));
  expect(rows).toHaveLength(2 * bytes.length);
  const raws = rows.map(([, , , , raw]) => String(raw));
  const copied = raws.filter((raw) => /^\d+\t/.test(raw)).map((raw) => raw.split('\t')[1] ?? '');
  expect(copied.map((raw) => bytesOf(raw).toString('hex')).sort()).toEqual([...bytes].sort());
  // The text of a row: in quotes a quote and a backslash stand twice.
  const texts = raws.filter((raw) => raw.startsWith('('));
  expect(texts).toHaveLength(bytes.length);
  for (const raw of texts) expect(raw).toMatch(/^\(10\d,.*\\x[0-9A-F]{2}/s);
});

test('a very long line that is refused is kept whole, each byte of it', async () => {
  await using database = disposable(await otherEncoding('SQL_ASCII', []));
  const client = new pg.Client(database.url);
  await client.connect();
  await client.query(`insert into texts (id, v) values (1, repeat('ab', 1500000) || convert_from('\\xe9', 'SQL_ASCII') || 'end'), (2, 'good')`);
  await client.end();
  const [row] = await quarantined(await source.extract(await planAt(database.url), { url: database.url, verify: 'sums' }), 'sums');
  expect(String(row?.[4])).toMatch(/^1\t(ab){1500000}\\xE9end\t/);
});

test('a database in another encoding has the same sums, lengths and bounds', async () => {
  await using database = disposable(await otherEncoding('LATIN1', ['61', 'fc', 'e4ff', '7a', '']));
  const extract = await source.extract(await planAt(database.url), { url: database.url });
  expect(await quarantined(extract)).toEqual([]);
  using warehouse = await loadExtract(extract);
  expect(await warehouse.query('select v from t order by id')).toEqual([['a'], ['ü'], ['äÿ'], ['z'], ['']]);
});

const disposable = <T extends { drop(): Promise<void> }>(database: T) => ({ ...database, [Symbol.asyncDispose]: () => database.drop() });

async function planAt(url: string) {
  const { connectPostgres } = await import('../src/postgres/connect.ts');
  const { planPostgresTable } = await import('../src/sources/postgres/plan-table.ts');
  const client = await connectPostgres(url);
  const plan = await planPostgresTable(client, { name: 'public.texts', source: 'test' }, { sample: 1 });
  await client.end();
  if ('columns' in plan) return plan;
  throw new Error(plan.reason);
}

test('a value of 20 MB is kept', async () => {
  await source.sql(`create table large (id int, v text, b bytea);
    insert into large values (1, repeat('ab"c' || chr(10), 4000000), null), (2, repeat('\\x', 1000), convert_to(repeat('y', 20000000), 'UTF8'))`);
  const extract = await source.extract('public.large', { verify: 'sums' });
  expect(extract.quarantine_file).toBeNull();
  using warehouse = await loadExtract(extract);
  expect(await warehouse.query('select strlen(v)::INTEGER, octet_length(b)::INTEGER from t order by id')).toEqual([
    [20000000, null],
    [2000, 20000000],
  ]);
});

test('a value above the limit, or a row of many large ones, is in quarantine with its size, and never travels', async () => {
  const mega = (letter: string, bytes = 1_000_001) => `repeat('${letter}', ${bytes})`;
  await source.sql(`create table limits (id int, v text, b bytea, j jsonb, l text[]);
    alter table limits alter v set storage external;
    insert into limits values (1, ${mega('v', 1_000_000)}, null, null, null), (2, 'small', '\\x00', '{}', '{}'),
      (3, ${mega('v')}, null, null, null), (4, null, convert_to(${mega('b')}, 'UTF8'), null, null),
      (5, null, null, jsonb_build_array(${mega('j')}), null), (6, null, null, null, array[${mega('l')}]),
      (7, ${mega('v', 700_000)}, convert_to(${mega('b', 700_000)}, 'UTF8'), jsonb_build_array(${mega('j', 700_000)}), null)`);
  const extract = await source.extract('public.limits', { maxValueBytes: 1_000_000 });
  const rows = await quarantined(extract);
  expect(rows.map(([, , column, reason]) => [column, reason])).toEqual([
    ['b', 'it has 1000001 bytes, and at most 1000000 are kept'],
    ['j', 'it has 1000005 bytes, and at most 1000000 are kept'],
    ['l', 'it has 1000005 bytes, and at most 1000000 are kept'],
    ['v', 'it has 1000001 bytes, and at most 1000000 are kept'],
    [null, 'the row has 2100004 bytes, and at most 2000000 are kept'],
  ]);
  expect(rows.map(([, , , , raw]) => raw)).toContain('(3,"(1000001 bytes)",,,)');
  using warehouse = await loadExtract(extract);
  expect(await warehouse.query('select id, strlen(v)::INTEGER from t order by id')).toEqual([
    [1, 1000000],
    [2, 5],
  ]);
});
