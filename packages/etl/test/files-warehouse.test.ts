import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commitLoad } from '../src/destinations/duckdb/commit.ts';
import { readQuarantine } from '../src/destinations/duckdb/read.ts';
import type { Load } from '../src/model.ts';
import { literal } from '../src/types/sql.ts';
import { expectPlan, FilesTrial, quiet } from './support/files-load.ts';

let trial: FilesTrial;
let leases = 0;
beforeAll(async () => {
  trial = await FilesTrial.start();
});
afterAll(async () => {
  await trial[Symbol.asyncDispose]();
});

async function commit(name: string): Promise<Load> {
  const plan = expectPlan(await trial.plan({ name }));
  const extract = await trial.extract(plan, { load_id: name, verify: 'full' });
  return commitLoad({
    warehouse: join(trial.home, 'warehouse.duckdb'),
    extract,
    verify: 'full',
    token: ++leases,
    flow_run_id: name,
    context: quiet(),
  });
}

const days = Array.from(
  { length: 2000 },
  (_, index) => `${index},"x ""${index}""",1.${index},2026-01-31 10:00:${String(index % 60).padStart(2, '0')}Z\n`,
);

test('a CSV file is verified in the warehouse to every row, with its bad lines in quarantine', async () => {
  await trial.write('csv.csv', `id,text,number,at\n${days.join('')}torn`);
  expect(await commit('csv')).toMatchObject({ outcome: 'committed', verified: true, rows_read: 2001, rows_loaded: 2000, rows_quarantined: 1 });
  const bad = await readQuarantine(join(trial.home, 'warehouse.duckdb'), { schema: 'main', name: 'csv' });
  expect(bad).toMatchObject([{ reason: 'it has 1 value instead of 4', raw: 'torn' }]);
});

test('an NDJSON file is verified in the warehouse, with nested values as they were written', async () => {
  await trial.write('json.ndjson', '{"a" : {"k": [1.10, 1E5]}, "b": -0.0, "c": "é\\n😀", "d": 1}\n{"a": [ ], "b": 2.50, "c": "", "d": "1"}\n');
  expect(await commit('json')).toMatchObject({ verified: true, rows_loaded: 2 });
});

test('a Parquet file is verified in the warehouse with its own types', async () => {
  const query = `select i::uinteger as i, [i, null] as list, {'a': i::decimal(9, 2)} as struct, encode(i || 'é') as bytes, uuid() as id, i::float / 7 as f from range(5000) r(i)`;
  await trial.duckdb.run(`copy (${query}) to ${literal(join(trial.folder, 'parquet.parquet'))} (format parquet)`);
  expect(await commit('parquet')).toMatchObject({ verified: true, rows_loaded: 5000 });
});

test('a file without rows is an empty table', async () => {
  await trial.write('empty.csv', 'a,b\n');
  expect(await commit('empty')).toMatchObject({ verified: true, rows_loaded: 0 });
});
