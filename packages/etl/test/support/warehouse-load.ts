import { randomUUID } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { FileCommit } from '../../src/destinations/duckdb/commit.ts';
import { duckdbSumsQuery, readDuckdbSums } from '../../src/duckdb/sums.ts';
import type { ColumnPlan, Extract, Part, StepContext, TablePlan } from '../../src/model.ts';
import { identifier, literal } from '../../src/types/sql.ts';

export interface LoadOptions {
  readonly folder: string;
  /** Columns of the table and their DuckDB types. */
  readonly columns: Readonly<Record<string, string>>;
  /** One query for each part. */
  readonly parts: readonly string[];
  readonly schema?: string;
  readonly name?: string;
  readonly source?: string;
  readonly load_id?: string;
  readonly planned_at?: string;
  readonly bad_row_share?: number;
  /** The md5 sum of the rows too. */
  readonly checksum?: boolean;
  /** Lines and reasons of the bad rows. */
  readonly quarantined?: readonly (readonly [line: number, reason: string])[];
}

export const quietContext = (signal: AbortSignal = new AbortController().signal): StepContext => ({
  signal,
  log: { info: () => {}, warn: () => {} },
  progress: () => {},
});

/** A table that was read into parts, as an extract leaves it: the sums are those of the queries, not of the parts. */
export async function makeExtract(options: LoadOptions): Promise<Extract> {
  const { load_id = randomUUID(), quarantined = [] } = options;
  const plan = makePlan(options);
  const folder = join(options.folder, 'parts', load_id);
  await mkdir(folder, { recursive: true });
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const write = async (query: string, file: string): Promise<Part> => {
    const reader = await connection.runAndReadAll(`copy (${query}) to ${literal(file)} (format parquet, compression zstd)`);
    return { file, rows: Number(reader.getRows()[0]?.[0]), bytes: (await stat(file)).size };
  };
  const parts: Part[] = [];
  for (const [index, query] of options.parts.entries()) parts.push(await write(query, join(folder, `part-${index}.parquet`)));
  const rows = quarantined.map(
    ([line, reason]) => `(${literal(load_id)}, ${literal(plan.table)}, 1, ${line}, null, ${literal(reason)}, 'raw', now())`,
  );
  const columns = 'load_id, table_name, chunk, line, column_name, reason, raw, "at"';
  const quarantine =
    rows.length > 0 ? await write(`select * from (values ${rows.join(', ')}) q(${columns})`, join(folder, 'quarantine.parquet')) : null;
  const empty = `select ${plan.columns.map(({ name, neutral_type }) => `null::${neutral_type} as ${identifier(name)}`).join(', ')} where false`;
  const relation = `(${[empty, ...options.parts].join(' union all ')})`;
  const [list] = (await connection.runAndReadAll(duckdbSumsQuery(plan, relation, options.checksum ? 'full' : 'sums'))).getRowObjectsJson();
  const sums = readDuckdbSums(plan, list?.['sums'] as string[]);
  instance.closeSync();
  return {
    load_id,
    plan,
    parts,
    rows_read: sums.rows + quarantined.length,
    rows_quarantined: quarantined.length,
    quarantine_file: quarantine?.file ?? null,
    sums,
    seconds: 0,
  };
}

function makePlan({ schema = 'public', name = 'orders', source = 'demo', columns, ...options }: LoadOptions): TablePlan {
  return {
    table: `${schema}.${name}`,
    source,
    kind: 'postgres',
    from: { schema, name },
    target: { schema, name },
    columns: Object.entries(columns).map(
      ([column, type]): ColumnPlan => ({ name: column, source_name: column, source_type: type, type, type_args: {}, neutral_type: type }),
    ),
    estimated_rows: null,
    estimated_bytes: null,
    planned_at: options.planned_at ?? new Date().toISOString(),
    chunk_mb: 64,
    bad_rows: 'quarantine',
    bad_row_share: options.bad_row_share ?? 0.001,
    sample: 1,
    notes: [],
  };
}

let leases = 0;

/** Each with a lease younger than those before. */
export const toRequest = (warehouse: string, extract: Extract, more: Partial<FileCommit> = {}): FileCommit => ({
  warehouse,
  extract,
  verify: 'sums',
  token: ++leases,
  flow_run_id: 'run-1',
  context: quietContext(),
  ...more,
});
