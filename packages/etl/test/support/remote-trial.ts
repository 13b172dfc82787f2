import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyFolder, etlPaths, noteLoad } from '../../src/home.ts';
import type { Extract, StepContext, TablePlan, TableSpec, Unreadable } from '../../src/model.ts';
import { LIMITS, type Limits } from '../../src/sources/files/remote/ask.ts';
import { remoteSource } from '../../src/sources/files/remote/remote-source.ts';
import { expectPlan } from './files-load.ts';
import { quietContext } from './warehouse-load.ts';

/** What fails is tried again at once. */
const QUICK: Limits = { ...LIMITS, tries: 3, pauseMs: 1 };

export interface RemoteTrial extends AsyncDisposable {
  readonly home: string;
  list(only?: string): Promise<readonly string[]>;
  plan(spec: Partial<TableSpec> & { readonly name: string }): Promise<TablePlan | Unreadable>;
  extract(plan: TablePlan, spec?: Partial<TableSpec>, context?: StepContext): Promise<Extract>;
  /** Planned and read, as the run of a table does it. */
  load(spec: Partial<TableSpec> & { readonly name: string }): Promise<Extract>;
  /** What is left of copies. */
  copies(): Promise<string[]>;
}

/** Tables of a place that is elsewhere, read into a home of their own. */
export async function openRemote(address: string, limits: Partial<Limits> = {}): Promise<RemoteTrial> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-remote-'));
  const source = remoteSource(address, home, { ...QUICK, ...limits });
  const { signal } = new AbortController();
  const copies = async () => {
    await noteLoad(home, { load_id: 'load', table: 't', flow_run_id: 'run' });
    return copyFolder(home, 'load');
  };
  const plan: RemoteTrial['plan'] = (spec) => source.plan({ source: 'test', ...spec }, { sample: 1, signal, copies });
  const extract: RemoteTrial['extract'] = (planned, spec = {}, context = quietContext()) =>
    source.extract({
      ...{ plan: planned, load_id: 'load', home, verify: 'full', context },
      planAnew: async () => expectPlan(await plan({ name: planned.table, from: planned.from.name, ...spec })),
    });
  return {
    ...{ home, plan, extract },
    list: async (only) => (await source.list({ only, signal })).tables,
    load: async (spec) => extract(expectPlan(await plan(spec)), spec),
    copies: async () => (await readdir(etlPaths(home).spool).catch(() => [])).filter((name) => name.endsWith('.copy')),
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  };
}
