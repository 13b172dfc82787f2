import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { nodeFlags } from '@sluice/core/process/programs';
import { DEMO_TABLES, seedDemo } from '@sluice/demo';
import type { Report } from '@sluice/etl';
import { embeddedUrl, ensureDatabase } from '@sluice/server';
import { childrenOf, cpuSecondsWithEnded, processesOf } from './processes.ts';
import { end, ROOT, removeHome, startServer } from './stack.ts';

const MAIN = join(ROOT, 'packages/cli/src/main.ts');
const BARE = fileURLToPath(new URL('../programs/bare-load.ts', import.meta.url));
const TABLES = DEMO_TABLES.filter(({ source }) => source === 'demo').map(({ name }) => name);

/** Seconds from the first table planned to the report, and processor seconds of everybody. */
export interface Measured {
  readonly seconds: number;
  readonly cpu: number;
}

/** The demo's tables in PostgreSQL, and a server with workers that stay warm, to load them again and again. */
export interface TableJobs extends AsyncDisposable {
  readonly home: string;
  readonly api: string;
  readonly tables: number;
  /** Of the last job. */
  readonly rows: number;
  /** A database of the same PostgreSQL as the tables, made when it is missing. */
  database(name: string): Promise<URL>;
  /** The job with these options. */
  job(...options: readonly string[]): Promise<Measured>;
  /** DuckDB's bare `create table as` of the same tables in one process that checks nothing. */
  bare(): Promise<Measured>;
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, told, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  if (status !== 0) throw new Error(told);
  return out;
}

export async function startTableJobs(): Promise<TableJobs> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const { child, url: api } = await startServer(home);
  const database = async (name: string) => {
    await ensureDatabase(await embeddedUrl(home, 'postgres'), name);
    return new URL(await embeddedUrl(home, name));
  };
  const source = await database('tables');
  await seedDemo({ postgresUrl: source.href, folder: join(home, 'files'), tables: TABLES });
  const shown = Object.assign(new URL(source), { password: '' }).href;
  const env = { ...process.env, SLUICE_HOME: home, PGPASSWORD: decodeURIComponent(source.password) };
  let rows = 0;

  /** Server and PostgreSQL, and workers with their flow processes. */
  const everybody = () => new Set([...processesOf(home), child.pid as number, ...childrenOf(child.pid as number)]);
  async function counted(work: () => Promise<{ seconds: number; own: number }>): Promise<Measured> {
    const before = cpuSecondsWithEnded(everybody());
    const { seconds, own } = await work();
    return { seconds, cpu: own + cpuSecondsWithEnded(everybody()) - before };
  }

  return {
    home,
    api,
    tables: TABLES.length,
    get rows() {
      return rows;
    },
    database,
    job: (...options) =>
      counted(async () => {
        const args = [...nodeFlags(MAIN), MAIN, 'etl', '--source', shown, '--keep', '-o', 'json', ...options];
        const report = JSON.parse(await run(args, env)) as Report;
        rows = report.totals.rows_loaded;
        return { seconds: (Date.parse(report.ended) - Date.parse(report.started)) / 1000, own: 0 };
      }),
    bare: async () => {
      const file = join(home, 'bare.duckdb');
      const measured = await counted(async () => {
        const told = JSON.parse(await run([...nodeFlags(BARE), BARE, source.href, file, ...TABLES])) as { seconds: number; cpu_seconds: number };
        return { seconds: told.seconds, own: told.cpu_seconds };
      });
      await rm(file, { force: true });
      return measured;
    },
    [Symbol.asyncDispose]: async () => {
      await end(child);
      await removeHome(home);
      await rm(home, { recursive: true, force: true });
    },
  };
}
