import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from '@sluice/server/testing';
import pg from 'pg';
import { openLake } from '../../src/destinations/ducklake/open-lake.ts';
import { destinationAt } from '../../src/destinations/table.ts';
import { quoteName } from '../../src/names/qualified-name.ts';
import type { DestinationTrial } from '../suites/destination-suite.ts';

export interface LakeTrial extends DestinationTrial {
  /** Where its files are. */
  readonly dataPath: string;
  /** URL of the database with its catalog. */
  readonly catalog: string;
  /** Runs a statement in the lake, as a person who changes it. */
  change(statement: string): Promise<void>;
  /** Runs statements in the catalog's database, as the owner of everything. */
  sql(statements: string): Promise<pg.QueryResult>;
}

export interface LakeOptions {
  /** Instead of a folder. */
  readonly dataPath?: string;
}

/** A lake that nobody has made yet: its catalog would be in an empty database on the cluster of `postgres`. */
export async function openLakeTrial(postgres: string, options: LakeOptions = {}): Promise<LakeTrial> {
  const database = await createTestDatabase(postgres);
  const folder = await mkdtemp(join(tmpdir(), 'sluice-lake-'));
  const { dataPath = join(folder, 'lake') } = options;
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const address = lakeAddress(database.url, dataPath);
  // Not by the query of a person: that makes its DuckDB useless for others, and to make the next one takes half a second.
  const query = (sql: string) => openLake({ name: address, find: async () => address }, { access: 'read' }, (lake) => lake.rows(sql));
  return {
    address,
    folder,
    dataPath,
    catalog: database.url,
    change: (statement) =>
      openLake({ name: address, find: async () => address }, { access: 'write' }, async (lake) => {
        await lake.run('use warehouse');
        await lake.run(statement);
        await lake.run('use memory');
      }),
    sql: (statements) => client.query(statements),
    rows: async (table) => {
      const rows = await query(`select columns(*)::varchar from (from warehouse.${quoteName(table)} order by 1)`);
      return rows.map((row) => Object.values(row) as (string | null)[]);
    },
    quarantine: (table) => destinationAt(address).quarantine(table),
    ledger: async () => (await query('select load_id from warehouse._sluice.load order by committed_at desc')).map(({ load_id }) => String(load_id)),
    [Symbol.asyncDispose]: async () => {
      await client.end();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const lakeAddress = (catalog: string, dataPath: string): string =>
  `ducklake:${catalog}${catalog.includes('?') ? '&' : '?'}data_path=${encodeURIComponent(dataPath)}`;
