import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { createTestDatabase } from '@sluice/server/testing';
import pg from 'pg';
import { duckdbSumsQuery, readDuckdbSums } from '../../src/duckdb/sums.ts';
import type { Extract, Lane, StepContext, TablePlan, TableSpec, VerifyLevel } from '../../src/model.ts';
import { connectPostgres } from '../../src/postgres/connect.ts';
import { extractPostgresTable } from '../../src/sources/postgres/extract-table.ts';
import { planPostgresTable } from '../../src/sources/postgres/plan-table.ts';
import { identifier, literal } from '../../src/types/sql.ts';

export interface TestSource extends AsyncDisposable {
  readonly url: string;
  readonly home: string;
  /** Runs statements as the owner of everything. */
  sql(statements: string): Promise<pg.QueryResult>;
  plan(spec: string | TableSpec, sample?: number): Promise<TablePlan>;
  extract(table: string | TablePlan, options?: ExtractOptions): Promise<Extract>;
  extractAs(loadId: string, table: string | TablePlan, options?: ExtractOptions): Promise<Extract>;
}

export interface ExtractOptions {
  readonly verify?: VerifyLevel;
  readonly signal?: AbortSignal;
  readonly maxValueBytes?: number;
  readonly snapshot?: { readonly job: string; readonly waitSeconds?: number | undefined };
  readonly url?: string;
  readonly lane?: Lane | undefined;
  readonly progress?: StepContext['progress'];
}

/** A database of its own on the cluster of `postgres`, as a source, and a home for what is read of it; by this lane, where no other is asked for. */
export async function openTestSource(postgres: string, lane?: Lane): Promise<TestSource> {
  const database = await createTestDatabase(postgres);
  const home = await mkdtemp(join(tmpdir(), 'sluice-etl-'));
  const client = new pg.Client(database.url);
  await client.connect();
  let loads = 0;
  const plan = async (spec: string | TableSpec, sample = 1) => {
    const session = await connectPostgres(database.url);
    try {
      const planned = await planPostgresTable(session, typeof spec === 'string' ? { name: spec, source: 'test' } : spec, { sample });
      if ('columns' in planned) return planned;
      throw new Error(planned.reason);
    } finally {
      await session.end();
    }
  };
  const extractAs: TestSource['extractAs'] = async (load_id, table, options = {}) => {
    const { verify = 'full', signal = new AbortController().signal, url = database.url, progress = () => {}, ...limits } = options;
    const context = { signal, log: { info: () => {}, warn: () => {} }, progress };
    const planned = typeof table === 'string' ? await plan(table) : table;
    return await extractPostgresTable({ url, plan: planned, load_id, home, verify, context, lane, ...limits });
  };
  return {
    url: database.url,
    home,
    sql: (statements) => client.query(statements),
    plan,
    extractAs,
    extract: (table, options) => extractAs(`load${++loads}`, table, options),
    [Symbol.asyncDispose]: async () => {
      await client.end();
      await database.drop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** A warehouse in memory, with one extract loaded into it as the load step does: each column cast to its planned type. */
export async function loadExtract(extract: Extract) {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`set timezone = 'UTC'`);
  const { columns } = extract.plan;
  const declared = columns.map(({ name, neutral_type }) => `${identifier(name)} ${neutral_type}`);
  await connection.run(`create table t (${declared.join(', ')})`);
  const list = columns.map(({ name, neutral_type }) => `cast(${identifier(name)} as ${neutral_type})`);
  for (const { file } of extract.parts) await connection.run(`insert into t select ${list.join(', ')} from read_parquet(${literal(file)})`);
  const query = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson();
  return {
    query,
    sums: async (verify: VerifyLevel = 'full') =>
      readDuckdbSums(extract.plan, (await query(duckdbSumsQuery(extract.plan, 't', verify)))[0]?.[0] as (string | null)[]),
    quarantine: async () =>
      extract.quarantine_file === null
        ? []
        : await query(`select chunk, line, column_name, reason, raw from read_parquet(${literal(extract.quarantine_file)}) order by all`),
    [Symbol.dispose]: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
