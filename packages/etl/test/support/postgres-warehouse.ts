import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from '@sluice/server/testing';
import pg from 'pg';
import { quoteName } from '../../src/names/qualified-name.ts';
import type { DestinationTrial } from '../suites/destination-suite.ts';

export interface PostgresTrial extends DestinationTrial {
  /** Runs statements as the owner of everything. */
  sql(statements: string, values?: readonly unknown[]): Promise<pg.QueryResult>;
}

/** An empty database on the cluster of `postgres`, as a warehouse. */
export async function openPostgresWarehouse(postgres: string): Promise<PostgresTrial> {
  const database = await createTestDatabase(postgres);
  const folder = await mkdtemp(join(tmpdir(), 'sluice-destination-'));
  const client = new pg.Client({ connectionString: database.url, types: { getTypeParser: () => (text: string) => text } });
  await client.connect();
  await client.query(`set timezone = 'UTC'`);
  const rowsOf = async <T extends object>(sql: string, values: unknown[] = []): Promise<T[]> => (await client.query<T>(sql, values)).rows;
  return {
    address: database.url,
    folder,
    sql: (statements, values) => client.query(statements, values && [...values]),
    rows: async (table) => (await rowsOf(`select * from ${quoteName(table)} order by 1`)).map((row) => Object.values(row) as (string | null)[]),
    quarantine: async ({ schema, name }) => {
      const rows = await rowsOf<{ load_id: string; line: string; reason: string }>(
        'select load_id, line, reason from _sluice.quarantine where schema_name = $1 and table_name = $2 order by line',
        [schema, name],
      );
      return rows.map(({ line, ...row }) => ({ ...row, line: Number(line) }));
    },
    ledger: async () =>
      (await rowsOf<{ load_id: string }>('select load_id from _sluice.load order by committed_at desc')).map(({ load_id }) => load_id),
    [Symbol.asyncDispose]: async () => {
      await client.end();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
