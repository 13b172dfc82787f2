import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { literal } from '../src/types/sql.ts';
import { expectPlan, FilesTrial } from './support/files-load.ts';

let trial: FilesTrial;
beforeAll(async () => {
  trial = await FilesTrial.start();
});
afterAll(async () => {
  await trial[Symbol.asyncDispose]();
});

const write = (query: string, options = ''): Promise<unknown> =>
  trial.duckdb.run(`copy (${query}) to ${literal(join(trial.folder, 't.parquet'))} (format parquet${options})`);

const EDGES = `select unnest([-128, 127, null])::tinyint as tiny, unnest([0, 18446744073709551615, null])::ubigint as unsigned,
  unnest(['-99999999999999999999999999999999999999', '0', null])::decimal(38, 0) as wide, unnest(['nan', '-inf', null])::float as single,
  unnest(['-0', '4.9e-324', null])::double as precise, unnest(['', 'é 😀' || chr(0), null]) as text, unnest(['\\x00\\xFF', '', null])::blob as bytes,
  unnest(['0001-01-01', 'infinity', null])::date as day, unnest(['24:00:00', '00:00:00.000001', null])::time as time,
  unnest(['290000-01-01', '-infinity', null])::timestamp as stamp, unnest(['2026-01-31 10:00:00.123456789', '1970-01-01', null])::timestamp_ns as nanos,
  unnest(['2026-01-31 10:00:00+02', '1960-01-01 00:00:00Z', null])::timestamptz as instant, unnest(['12:00:00+05', '00:00:00+00', null])::timetz as zoned,
  unnest([interval '14 months 3 days 1.5 seconds', interval '0 days', null]) as span,
  unnest(['4ac7a9e9-607c-4c8a-84f3-843f0191e3fd', '00000000-0000-0000-0000-000000000000', null])::uuid as id,
  unnest(['{"a" : 1.10}', '[]', null])::json as doc, unnest([[1, null], [], null]::int[][]) as list,
  unnest([{'x': 1, 'y': ['a']}, {'x': null, 'y': null}, null]) as struct, unnest([map {'k': 1}, map {}, null]) as map`;

test('every type that Parquet has comes through as it was, at its edges', async () => {
  await write(EDGES);
  const loaded = await trial.load('t');
  const file = literal(join(trial.folder, 't.parquet'));
  const before = (await trial.duckdb.runAndReadAll(`select columns(*)::varchar from read_parquet(${file})`)).getRowsJson();
  const types = (await trial.duckdb.runAndReadAll(`describe from read_parquet(${file})`)).getRowsJson();
  expect(loaded.rows).toEqual(before);
  expect(loaded.types).toEqual(Object.fromEntries(types));
  expect(loaded.extract).toMatchObject({ rows_read: 3, rows_quarantined: 0, quarantine_file: null, sums: loaded.sums });
});

test('a file with many row groups becomes several parts', async () => {
  await write('select i, hash(i) as h from range(100000) r(i)', ', row_group_size 10000');
  const plan = { ...expectPlan(await trial.plan({ name: 't' })), chunk_mb: 0.2 };
  expect(plan.estimated_rows).toBe(100_000);
  const extract = await trial.extract(plan);
  expect(extract.parts.length).toBeGreaterThan(2);
  const { sums, rows } = await trial.read(plan, extract);
  expect(new Set(rows.map(([i]) => i)).size).toBe(100_000);
  expect(extract.sums).toEqual(sums);
});

test('a share takes the same rows every time', async () => {
  await write('select i from range(1000) r(i)');
  const { rows, extract, sums } = await trial.load('t', 0.01);
  expect(rows.map(([i]) => Number(i)).sort((a, b) => a - b)).toEqual([0, ...Array.from({ length: 9 }, (_, index) => (index + 1) * 100)]);
  expect(extract.sums).toEqual(sums);
});

test('an empty file is an empty table with its columns', async () => {
  await write('select i from range(0) r(i)');
  const { extract, plan } = await trial.load('t');
  expect(plan.columns).toMatchObject([{ name: 'i', neutral_type: 'BIGINT' }]);
  expect(extract).toMatchObject({ parts: [], rows_read: 0, sums: { rows: 0 } });
});

test('odd names stay, and two that differ by capitals only are told apart', async () => {
  await write('select 1 as "a ""b""", 2 as "select"');
  expect((await trial.load('t')).plan.columns.map(({ name }) => name)).toEqual(['a "b"', 'select']);
});

test('a file that is cut, or broken inside, is unreadable with its reason', async () => {
  await write('select i, md5(i::varchar) as text from range(50000) r(i)');
  const path = join(trial.folder, 't.parquet');
  const whole = await readFile(path);
  await writeFile(path, whole.subarray(0, whole.length - 100));
  expect(await trial.plan({ name: 't' })).toMatchObject({
    reason: expect.stringMatching(/^t cannot be read as Parquet: No magic bytes found at end of file '.*'\.$/),
  });
  await writeFile(path, Buffer.concat([whole.subarray(0, 1000), Buffer.alloc(50_000, 0xaa), whole.subarray(51_000)]));
  const plan = expectPlan(await trial.plan({ name: 't' }));
  await expect(trial.extract(plan)).rejects.toMatchObject({
    code: 'TABLE_UNREADABLE',
    message: expect.stringMatching(/^t cannot be read: Failed to read file .*\.$/),
    hint: expect.stringContaining('whole'),
  });
});
