import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { describeWithExtensions } from '../../../tests/support/extensions.ts';
import { queryWarehouse, readLedger, readQuarantine } from '../src/destinations/duckdb/read.ts';
import { quoteName } from '../src/names/qualified-name.ts';
import { destinationSuite } from './suites/destination-suite.ts';
import { openLakeTrial } from './support/lake.ts';
import { openPostgresWarehouse } from './support/postgres-warehouse.ts';

destinationSuite('a file of DuckDB', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-destination-'));
  const address = join(folder, 'warehouse.duckdb');
  return {
    address,
    folder,
    rows: async (table) => {
      const rows = await queryWarehouse(address, `select columns(*)::varchar from (from ${quoteName(table)} order by 1)`);
      return rows.map((row) => Object.values(row) as (string | null)[]);
    },
    quarantine: (table) => readQuarantine(address, table),
    ledger: async () => (await readLedger(address)).map(({ load_id }) => load_id),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
});

destinationSuite('a database of PostgreSQL', () => openPostgresWarehouse(inject('postgres')));

destinationSuite('a lake of DuckLake', () => openLakeTrial(inject('postgres')), describeWithExtensions);
