import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { hasExtensions } from '../../../tests/support/extensions.ts';
import { destinationAt } from '../src/destinations/table.ts';
import { type LakeTrial, openLakeTrial } from './support/lake.ts';
import { hasObjectStore, STORE_KEY, startObjectStore, type TestStore } from './support/object-store.ts';
import { makeExtract, quietContext } from './support/warehouse-load.ts';

describe.skipIf(!hasExtensions || !hasObjectStore)('a lake whose files are in an object store', () => {
  let store: TestStore;
  let lake: LakeTrial;

  beforeAll(async () => {
    store = await startObjectStore();
    lake = await openLakeTrial(inject('postgres'), { dataPath: 's3://bucket/lake' });
  });
  afterAll(async () => {
    await store[Symbol.asyncDispose]();
    await lake?.[Symbol.asyncDispose]();
  });

  test('has its tables, verified, as one in a folder; a query reads them, and no key is told', async () => {
    const destination = destinationAt(lake.address);
    const part = "select i as id, 'name ' || i as name from range(50000) r(i)";
    const extract = await makeExtract({ folder: lake.folder, columns: { id: 'BIGINT', name: 'VARCHAR' }, parts: [part], checksum: true });
    const load = await destination.commit({ extract, verify: 'full', token: 1, flow_run_id: 'run-1', context: quietContext() });
    expect(load).toMatchObject({ outcome: 'committed', verified: true, rows_loaded: 50_000 });
    expect(await destination.query('select count(*)::double as n, sum(id)::double as ids from public.orders')).toEqual([
      { n: 50_000, ids: 1_249_975_000 },
    ]);
    expect(await destination.publish(quietContext())).toMatchObject({ checks: [{ table: 'public.orders', equal: true }] });
    expect(await destination.tidy(quietContext())).toEqual([]);
    expect(JSON.stringify(await destination.query('from duckdb_secrets()'))).not.toContain(STORE_KEY);
  });

  test('says which variables to look at when the store does not answer, or has no such bucket', async () => {
    const extract = await makeExtract({ folder: lake.folder, name: 'other', columns: { id: 'BIGINT' }, parts: ['select 1::bigint as id'] });
    const commit = () => destinationAt(lake.address).commit({ extract, verify: 'sums', token: 9, flow_run_id: 'run-1', context: quietContext() });
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:9');
    const error = await commit().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'WAREHOUSE_UNREACHABLE', hint: expect.stringContaining('AWS_ENDPOINT_URL') });
    expect(`${error} ${JSON.stringify(error)}`).not.toContain(STORE_KEY);
  });
});
