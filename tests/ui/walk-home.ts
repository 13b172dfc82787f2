import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { etlPaths } from '@sluice/etl';
import { embeddedUrl, readServerFile } from '@sluice/server';
import pg from 'pg';
import { eventually } from '../support/eventually.ts';
import { type Job, sluice, withServer } from '../support/job.ts';

/** What the server asks for: both at once, as one may want for programs and for people. */
export const KEY = 'a key of twenty letters and more';
export const USER = 'ada';
export const PASSWORD = 'pass: wörd';

const SAMPLE = '0.01';
const DATABASE = 'source_0_01_dirty';
/** One query at a time, so that the second one waits. */
const SETTINGS = { SLUICE_API_KEY: KEY, SLUICE_API_AUTH_STRING: `${USER}:${PASSWORD}`, SLUICE_CONCURRENCY_LIMIT: '1' };

/** The ETL of the demo, set up by hand as the guide does it: a server with a key, a source with bad rows, and deployments; no worker yet. */
export interface WalkHome {
  readonly home: string;
  readonly url: string;
  /** Starts a worker, a process of its own that runs one flow run at a time. */
  startWorker(name: string): void;
  /** From here on whoever reads this table of the source stands at its first row, until it is let go. */
  hold(table: string): Promise<Held>;
  /** Rows that the source has in a table. */
  countSource(table: string): Promise<number>;
  /** What the warehouse says: asked of DuckDB itself, not by anything of ours. */
  askWarehouse(sql: string): Promise<unknown[][]>;
  close(): Promise<void>;
}

export interface Held {
  letGo(): Promise<void>;
}

export async function walkHome(): Promise<WalkHome> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-walk-'));
  await writeFile(
    join(home, 'config.env'),
    Object.entries(SETTINGS)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  const server = sluice(home, ['server', 'start', '--port', '0']);
  await eventually(() => withServer(home, (client) => client.request('GET /ready')), 60);
  for (const args of [['setup'], ['demo', '--sample', SAMPLE, '--dirty'], ['deploy']]) {
    const { code, told } = await sluice(home, args).ended;
    if (code !== 0) throw new Error(told);
  }
  const workers: Job[] = [];
  const sources: pg.Client[] = [];
  const connect = async () => {
    const client = new pg.Client(await embeddedUrl(home, DATABASE));
    await client.connect();
    sources.push(client);
    return client;
  };
  return {
    home,
    url: (await readServerFile(home))?.url ?? '',
    startWorker: (name) => void workers.push(sluice(home, ['worker', 'start', '--name', name])),
    hold: async (table) => hold(await connect(), table),
    countSource: async (table) => {
      const { rows } = await (await connect()).query<{ count: string }>(`select count(*) from ${table}`);
      return Number(rows[0]?.count);
    },
    askWarehouse: (sql) => eventually(() => askDuckdb(etlPaths(home).warehouse, sql)),
    close: async () => {
      for (const source of sources) await source.end().catch(() => {});
      for (const worker of workers) worker.stop();
      await Promise.all(workers.map(({ ended }) => ended));
      server.stop();
      await server.ended;
      await sluice(home, ['reset', '--yes', '--force']).ended;
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** A view takes the table's place. It asks for a lock before its first row, as long as it takes. */
async function hold(source: pg.Client, table: string): Promise<Held> {
  await source.query(`
    create function gate() returns boolean language plpgsql set lock_timeout = 0
      as $$ begin perform pg_advisory_xact_lock_shared(1); return true; end $$;
    alter table ${table} rename to ${table}_behind;
    create view ${table} as select * from ${table}_behind where (select gate());
    select pg_advisory_lock(1)`);
  return { letGo: async () => void (await source.query('select pg_advisory_unlock(1)')) };
}

/** Rejects while a load has the file. */
async function askDuckdb(file: string, sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
  try {
    const connection = await instance.connect();
    const rows = (await connection.runAndReadAll(sql)).getRowsJson();
    connection.closeSync();
    return rows;
  } finally {
    instance.closeSync();
  }
}
