import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { expect } from 'vitest';
import { duckdbSumsQuery, readDuckdbSums } from '../../src/duckdb/sums.ts';
import type { CsvOptions, Extract, StepContext, TablePlan, TableSpec, TableSums, Unreadable, VerifyLevel } from '../../src/model.ts';
import { extractFile } from '../../src/sources/files/extract-file.ts';
import { planFile } from '../../src/sources/files/plan-file.ts';
import { literal } from '../../src/types/sql.ts';

interface BadRow {
  readonly line: number;
  readonly column: string | null;
  readonly reason: string;
  readonly raw: string;
}

/** A file that was read, and what is in its parts. */
export interface Loaded {
  readonly plan: TablePlan;
  readonly extract: Extract;
  /** Name of each column and its type in DuckDB. */
  readonly types: Record<string, string>;
  /** Rows of all parts, as DuckDB prints their values. */
  readonly rows: (string | null)[][];
  readonly bad: BadRow[];
  /** Sums of the parts, to compare with `extract.sums`. */
  readonly sums: TableSums;
}

interface ExtractOptions {
  readonly load_id?: string;
  readonly verify?: VerifyLevel;
  readonly context?: StepContext;
}

export const quiet = (signal = new AbortController().signal): StepContext => ({ signal, log: { info() {}, warn() {} }, progress() {} });

/** A folder with files for one test, and a home to load them into. */
export class FilesTrial implements AsyncDisposable {
  readonly root: string;
  readonly folder: string;
  readonly home: string;
  readonly #instance: DuckDBInstance;
  readonly duckdb: DuckDBConnection;

  private constructor(root: string, instance: DuckDBInstance, duckdb: DuckDBConnection) {
    this.root = root;
    this.folder = join(root, 'source');
    this.home = join(root, 'home');
    this.#instance = instance;
    this.duckdb = duckdb;
  }

  static async start(): Promise<FilesTrial> {
    const instance = await DuckDBInstance.create();
    const duckdb = await instance.connect();
    await duckdb.run(`set timezone = 'UTC'`);
    // Tests write parts of other tables under the same names, within the same second.
    await duckdb.run('set enable_external_file_cache = false');
    const trial = new FilesTrial(await mkdtemp(join(tmpdir(), 'sluice-files-')), instance, duckdb);
    await mkdir(trial.folder);
    return trial;
  }

  async write(file: string, content: string | Buffer): Promise<void> {
    await mkdir(dirname(join(this.folder, file)), { recursive: true });
    await writeFile(join(this.folder, file), content);
  }

  plan(spec: Partial<TableSpec> & { readonly name: string }, sample = 1): Promise<TablePlan | Unreadable> {
    return planFile(this.folder, { source: 'files', ...spec }, { sample });
  }

  extract(plan: TablePlan, { load_id = 'load', verify = 'full', context = quiet() }: ExtractOptions = {}): Promise<Extract> {
    return extractFile({ folder: this.folder, plan, load_id, home: this.home, verify, context });
  }

  /** Plans and reads the table `name`. */
  async load(spec: string | (Partial<TableSpec> & { readonly name: string }), sample = 1): Promise<Loaded> {
    const plan = expectPlan(await this.plan(typeof spec === 'string' ? { name: spec } : spec, sample));
    const extract = await this.extract(plan);
    // What was guessed wrong was planned again.
    return this.read(extract.plan, extract);
  }

  /** The table that a CSV file becomes: names of its columns, then its rows. */
  async tableOf(content: string | Buffer, spec: Partial<TableSpec> = {}): Promise<(string | null)[][]> {
    await this.write('t.csv', content);
    const { plan, rows, bad, extract, sums } = await this.load({ name: 't', from: 't.csv', ...spec });
    expect(extract.sums).toEqual(sums);
    expect(bad).toEqual([]);
    return [plan.columns.map(({ name }) => name), ...rows];
  }

  /** Why a CSV file cannot be read. */
  async reasonOf(content: string | Buffer, csv: CsvOptions = {}): Promise<string> {
    await this.write('t.csv', content);
    const plan = await this.plan({ name: 't', from: 't.csv', csv });
    return 'reason' in plan ? plan.reason : 'it has a plan';
  }

  async read(plan: TablePlan, extract: Extract): Promise<Loaded> {
    const parts = extract.parts.length > 0 ? `(from read_parquet([${extract.parts.map(({ file }) => literal(file)).join(', ')}]))` : null;
    const query = async (sql: string) => (await this.duckdb.runAndReadAll(sql)).getRowsJson();
    const types = parts ? (await query(`describe from ${parts}`)).map(([name, type]) => [String(name), String(type)]) : [];
    const rows = parts ? await query(`select columns(*)::varchar from ${parts}`) : [];
    const bad = extract.quarantine_file
      ? await query(`select line::integer, column_name, reason, raw from read_parquet(${literal(extract.quarantine_file)}) order by line, reason`)
      : [];
    const sums = parts ? readDuckdbSums(plan, (await query(duckdbSumsQuery(plan, parts, 'full')))[0]?.[0] as (string | null)[]) : extract.sums;
    return {
      plan,
      extract,
      types: Object.fromEntries(types),
      rows: rows as (string | null)[][],
      bad: bad.map(([line, column, reason, raw]) => ({ line, column, reason, raw }) as BadRow),
      sums,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.duckdb.closeSync();
    this.#instance.closeSync();
    await rm(this.root, { recursive: true, force: true });
  }
}

export function expectPlan(plan: TablePlan | Unreadable): TablePlan {
  if (!('columns' in plan)) throw new Error(plan.reason);
  return plan;
}

/** Columns of a plan and the types that it gives them. */
export const planned = (plan: TablePlan | Unreadable): Record<string, string> =>
  Object.fromEntries(expectPlan(plan).columns.map(({ name, type }) => [name, type]));
