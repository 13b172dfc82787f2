import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { commitLoad } from '../src/destinations/duckdb/commit.ts';
import { openWarehouse } from '../src/destinations/duckdb/open.ts';
import { readLedger } from '../src/destinations/duckdb/read.ts';
import { qualify } from '../src/destinations/qualify.ts';
import { fingerprint, methodOf } from '../src/duckdb/fingerprint.ts';
import type { Extract } from '../src/model.ts';
import { literal } from '../src/types/sql.ts';
import { expectPlan, FilesTrial, quiet } from './support/files-load.ts';
import { openTestSource, type TestSource } from './support/postgres-source.ts';

let trial: FilesTrial;
let source: TestSource;
let leases = 0;
beforeAll(async () => {
  [trial, source] = await Promise.all([FilesTrial.start(), openTestSource(inject('postgres'))]);
});
afterAll(async () => {
  await trial[Symbol.asyncDispose]();
  await source[Symbol.asyncDispose]();
});

/** Verified when it is committed, and not called changed when the file is opened again, packed as DuckDB packs it. */
async function commitAndLookAgain(extract: Extract): Promise<readonly string[]> {
  const warehouse = join(trial.home, 'warehouse.duckdb');
  const { load_id, plan } = extract;
  const load = await commitLoad({ warehouse, extract, verify: 'full', token: ++leases, flow_run_id: load_id, context: quiet() });
  expect(load).toMatchObject({ outcome: 'committed', verified: true });
  const [entry] = await readLedger(warehouse);
  const now = await openWarehouse({ file: warehouse, access: 'read' }, (opened) =>
    fingerprint(opened, qualify(plan.target), methodOf(entry?.fingerprint ?? '')),
  );
  expect(now).toBe(entry?.fingerprint);
  return load.notes;
}

/** Bits of floats, the odd ones often: zeros of both signs, infinities, what is no number with any payload, and the smallest. */
const odd = {
  64: [
    0n,
    1n << 63n,
    0x7ff8n << 48n,
    0xfff8n << 48n,
    (0x7ff0n << 48n) + 1n,
    (0xffffn << 48n) + 7n,
    0x7ff0n << 48n,
    0xfff0n << 48n,
    1n,
    (1n << 63n) + 1n,
  ],
  32: [0n, 1n << 31n, 0x7fc0n << 16n, 0xffc0n << 16n, (0x7f80n << 16n) + 1n, 0x7f80n << 16n, 0xff80n << 16n, 1n],
};
const patterns = (bits: 32 | 64): bigint[] =>
  fc.sample(fc.oneof(fc.constantFrom(...odd[bits]), fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n })), { numRuns: 3000, seed: 5 });

const bit = (value: bigint, bits: 32 | 64): string => `'${value.toString(2).padStart(bits, '0')}'`;

test('any bits of a float in a Parquet file, alone and in lists and structs, are verified now and later, and zeros with a sign are told', async () => {
  const singles = patterns(32);
  const values = patterns(64).map((value, index) => `(${index}, ${bit(value, 64)}, ${bit(singles[index] ?? 0n, 32)})`);
  await trial.duckdb.run(
    `create or replace table p as select i, d::bit::double as d, f::bit::float as f from (values ${values.join(', ')}) v(i, d, f)`,
  );
  await trial.duckdb.run(
    `copy (select i, d, f, [d, null] as l, {'f': f, 't': 'x'} as s, [[d]] as ll, map {'k': f} as m from p) to ${literal(join(trial.folder, 'floats.parquet'))} (format parquet)`,
  );
  const extract = await trial.extract(expectPlan(await trial.plan({ name: 'floats' })), { load_id: 'floats' });
  const notes = await commitAndLookAgain(extract);
  for (const column of ['d', 'f', 'l', 's', 'll', 'm'])
    expect(notes.filter((note) => note.startsWith(`Column ${column}: zeros with a minus sign`))).toHaveLength(1);
});

test('any bits of float4 and float8 in PostgreSQL, alone and in arrays, are verified now and later, and zeros with a sign are told', async () => {
  const text = (value: number) => (Object.is(value, -0) ? '-0' : String(value));
  const doubles = patterns(64).map((value) => text(new Float64Array(new BigUint64Array([value]).buffer)[0] ?? 0));
  const singles = patterns(32).map((value) => text(new Float32Array(new Uint32Array([Number(value)]).buffer)[0] ?? 0));
  await source.sql('create table floats (i int, d float8, f float4, a float8[], b float4[][])');
  await source.sql(
    `insert into floats select ordinality, d, f, array[d, null, 0], array[array[f]] from unnest(array['${doubles.join("','")}']::float8[], array['${singles.join("','")}']::float4[]) with ordinality as u(d, f, ordinality)`,
  );
  // A sign of what is no number, too.
  await source.sql(`insert into floats select 0, -'NaN'::float8, -'NaN'::float4, array[-'NaN'::float8], array[array['-0'::float4]]`);
  const notes = await commitAndLookAgain(await source.extractAs('pg-floats', 'public.floats'));
  for (const column of ['d', 'f', 'a', 'b'])
    expect(notes.filter((note) => note.startsWith(`Column ${column}: zeros with a minus sign`))).toHaveLength(1);
});

test.each([
  ['zeros.csv', 'id,v\n1,0.0\n2,-0.0\n'],
  ['zeros.ndjson', '{"v": 0.0}\n{"v": -0.0}\n{"v": -0}\n{"v": 0}\n'],
])('zeros of both signs in %s are kept as they stand', async (file, content) => {
  await trial.write(file, content);
  const { extract, rows } = await trial.load({ name: file, from: file });
  expect(rows.map((row) => row.at(-1))).toEqual(content.match(/-?0(?:\.0)?(?=\n|})/g));
  await commitAndLookAgain({ ...extract, load_id: file, plan: { ...extract.plan, target: { schema: 'main', name: file } } });
});

test.each([
  ['given.csv', 'id,v\n1,0.0\n2,-0.0\n3,nan\n4,-NaN\n'],
  ['given.ndjson', '{"v": 0.0}\n{"v": -0.0}\n'],
])('zeros of both signs in %s, where a person wants numbers, are equal, and told', async (file, content) => {
  await trial.write(file, content);
  const { extract } = await trial.load({ name: file, from: file, types: { v: 'double' } });
  expect(await commitAndLookAgain({ ...extract, load_id: file, plan: { ...extract.plan, target: { schema: 'main', name: file } } })).toEqual([
    'Column v: zeros with a minus sign are equal to those without, and may be kept as these.',
  ]);
});
