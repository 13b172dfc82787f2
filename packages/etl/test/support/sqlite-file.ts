import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Extract, TablePlan, TableSpec } from '../../src/model.ts';
import { sqliteSource } from '../../src/sources/sqlite/sqlite-source.ts';
import { quietContext } from './warehouse-load.ts';

interface ExtractOptions {
  readonly signal?: AbortSignal;
  readonly sample?: number;
  /** Called when rows are read: after they were measured. */
  readonly onRows?: () => void;
}

export interface TestSqlite extends AsyncDisposable {
  readonly path: string;
  readonly url: string;
  readonly home: string;
  /** Runs statements in a connection that writes. */
  sql(statements: string): void;
  plan(spec: string | TableSpec, sample?: number): Promise<TablePlan>;
  extract(spec: string | TableSpec, options?: ExtractOptions): Promise<Extract>;
}

/** A file of SQLite in a folder of its own, which its maker has open, and a home for what is read of it. */
export async function makeSqlite(name = 'shop.db', setUp = ''): Promise<TestSqlite> {
  const root = await mkdtemp(join(tmpdir(), 'sluice-sqlite-'));
  const path = join(root, name);
  const database = new DatabaseSync(path);
  database.exec(`${setUp || 'pragma journal_mode = wal'}; create table if not exists made (at text); drop table made`);
  const url = `sqlite://${encodeURI(path).replaceAll('?', '%3F').replaceAll('#', '%23')}`;
  const source = sqliteSource(url);
  const plan = async (spec: string | TableSpec, sample = 1) => {
    const planned = await source.plan(typeof spec === 'string' ? { name: spec, source: 'test' } : spec, {
      sample,
      signal: new AbortController().signal,
    });
    if ('columns' in planned) return planned;
    throw new Error(planned.reason);
  };
  let loads = 0;
  return {
    path,
    url,
    home: join(root, 'home'),
    sql: (statements) => database.exec(statements),
    plan,
    extract: async (spec, { signal = new AbortController().signal, sample = 1, onRows = () => {} } = {}) => {
      const common = {
        load_id: `load${++loads}`,
        home: join(root, 'home'),
        verify: 'full' as const,
        context: { ...quietContext(signal), progress: onRows },
      };
      return await source.extract({ ...common, plan: await plan(spec, sample), planAnew: () => plan(spec, sample) });
    },
    [Symbol.asyncDispose]: async () => {
      database.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}
