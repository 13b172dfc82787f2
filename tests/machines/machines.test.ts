import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { afterAll, beforeAll, describe, test as everywhere, expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { hasExtensions } from '../support/extensions.ts';
import { seconds } from '../support/patience.ts';
import type { Host } from './host.ts';
import { canMakeHosts } from './network.ts';
import { countsInLake, holdTable, query } from './query.ts';
import { databaseUrl, STORE, type Stage, setStage } from './stage.ts';

const WAREHOUSE = databaseUrl('warehouse', false);
/** Tables with their columns; of numbers the zeros at the end are no part of the value. */
const TABLES = `select format('%I.%I', table_schema, table_name) as name,
  string_agg(format(case when data_type = 'numeric' then 'trim_scale(%I)' else '%I' end, column_name), ', ' order by ordinal_position) as columns
  from information_schema.columns where table_schema = 'public' group by 1 order by 1`;

const test = everywhere.skipIf(!canMakeHosts);
const SAMPLE = Number(process.env['SLUICE_MACHINES_SAMPLE'] ?? 0.01);

let stage: Stage;
const hosts = new Map<string, Host>();

async function startWorker(name: string, prefix: readonly string[] = []): Promise<Host> {
  const { host } = await stage.worker(name, { prefix });
  hosts.set(name, host);
  return host;
}

beforeAll(async () => {
  if (!canMakeHosts) return;
  stage = await setStage(['first', 'second', 'third', 'fourth', 'early'], SAMPLE);
  await Promise.all(['first', 'second', 'third'].map((name) => startWorker(name)));
}, seconds(600));
afterAll(() => stage?.network[Symbol.asyncDispose]());

/** Every table of the source that these names match stands in the warehouse, row for row, by sums that PostgreSQL itself computes. */
async function expectLoaded(match: RegExp): Promise<void> {
  const tables = (await query(stage.db, databaseUrl(stage.source), TABLES)).filter(({ name }) => match.test(String(name)));
  expect(tables.length).toBeGreaterThan(0);
  const each = tables.map(
    ({ name, columns }) =>
      `select '${name}' as name, count(*)::int as rows, sum(hashtextextended(row(${columns})::text, 0))::text as sum from ${name}`,
  );
  const sums = `${each.join(' union all ')} order by 1`;
  expect(await query(stage.db, databaseUrl('warehouse'), sums)).toEqual(await query(stage.db, databaseUrl(stage.source), sums));
}

async function expectDone(id: string, within = 180): Promise<void> {
  const run = await stage.ended(id, within);
  expect(run.state?.message ?? run.state_type).toBe('COMPLETED');
}

/** The run of a table that is in a process now. */
const loading = (job: string, table: string): Promise<FlowRun> =>
  eventually(async () => {
    const runs = await stage.runs(['--parent', job, '--state-type', 'RUNNING']);
    const run = runs.find(({ parameters }) => parameters['table'] === table);
    if (!run?.worker_name) throw new Error(`${table} is not being loaded.`);
    return run;
  }, 60);

const hostOf = ({ worker_name }: FlowRun): string => String(worker_name).replace(/-worker$/, '');

test(
  'three machines that have never seen the project load its 20 tables, and the report says which did what',
  async () => {
    const id = await stage.startJob({ warehouse: WAREHOUSE });
    await expectDone(id, 240);
    const { totals, tables } = await stage.report(id);
    expect(totals).toMatchObject({ tables: 20, verified: 20 });
    expect(new Set(tables.map(({ host }) => host))).toEqual(new Set(['first', 'second', 'third']));
    await expectLoaded(/./);
  },
  seconds(300),
);

everywhere.skipIf(!hasExtensions || !canMakeHosts)(
  'the same into a lake, whose catalog is in PostgreSQL and whose files are in an object store',
  async ({ skip }) => {
    const files = await stage.objectStore();
    if (files === undefined) return skip('moto_server is not installed');
    await query(stage.db, databaseUrl('postgres'), 'create database catalog');
    const lake = `ducklake:${databaseUrl('catalog', false)}?data_path=${files}`;
    await stage.setSource(lake, databaseUrl('catalog'));
    const id = await stage.startJob({ warehouse: lake });
    await expectDone(id, 240);
    const { totals, tables } = await stage.report(id);
    expect(totals).toMatchObject({ tables: 20, verified: 20 });
    expect(new Set(tables.map(({ host }) => host)).size).toBeGreaterThan(1);
    const counts = await countsInLake(stage.desk, databaseUrl('catalog'), STORE);
    expect(counts).toEqual(Object.fromEntries(tables.map(({ table, rows_loaded }) => [table, rows_loaded])));
    const names = (await query(stage.db, databaseUrl(stage.source), TABLES)).map(
      ({ name }) => `select '${name}' as name, count(*)::int as rows from ${name}`,
    );
    for (const { name, rows } of await query(stage.db, databaseUrl(stage.source), names.join(' union all ')))
      expect(counts[String(name)], String(name)).toBe(rows);
  },
  seconds(300),
);

describe('while a table is being loaded', () => {
  test(
    'the cable of its machine is cut: another one loads it, and the first takes part again when the cable is mended',
    async () => {
      const release = await holdTable(stage.db, databaseUrl(stage.source), 'public.cities');
      const id = await stage.startJob({ warehouse: WAREHOUSE, only: 'public.c*' });
      const run = await loading(id, 'public.cities');
      const host = hosts.get(hostOf(run));
      host?.cut();
      const elsewhere = await eventually(async () => {
        const now = await loading(id, 'public.cities');
        if (now.worker_name === run.worker_name) throw new Error('It is still there.');
        return now;
      }, 60);
      await release();
      await expectDone(id);
      const { tables } = await stage.report(id);
      expect(tables.find(({ table }) => table === 'public.cities')).toMatchObject({ verified: true, host: hostOf(elsewhere), outcome: 'committed' });
      await expectLoaded(/\.c/);
      host?.mend();
      await eventually(async () => {
        const { stdout } = await stage.desk.sluice(['worker', 'ls', '-o', 'json']);
        expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ name: run.worker_name, status: 'ONLINE' }));
      }, 60);
    },
    seconds(300),
  );

  test(
    'its machine dies, and another one joins',
    async () => {
      const release = await holdTable(stage.db, databaseUrl(stage.source), 'public.cities');
      const id = await stage.startJob({ warehouse: WAREHOUSE, only: 'public.c*' });
      const run = await loading(id, 'public.cities');
      await hosts.get(hostOf(run))?.powerOff();
      hosts.delete(hostOf(run));
      await startWorker('fourth');
      await release();
      await expectDone(id);
      await expectLoaded(/\.c/);
    },
    seconds(300),
  );

  test(
    'the server is killed, and started again',
    async () => {
      const release = await holdTable(stage.db, databaseUrl(stage.source), 'public.cities');
      const id = await stage.startJob({ warehouse: WAREHOUSE, only: 'public.c*' });
      await loading(id, 'public.cities');
      await stage.restartServer();
      await release();
      await expectDone(id);
      await expectLoaded(/\.c/);
    },
    seconds(300),
  );
});

test(
  'two jobs load the same tables at once: each table is there once, as one of them has read it',
  async () => {
    const jobs = await Promise.all([1, 2].map(() => stage.startJob({ warehouse: WAREHOUSE, only: 'public.c*,public.admin*' })));
    for (const id of jobs) await expectDone(id);
    await expectLoaded(/\.(c|admin)/);
  },
  seconds(300),
);

test(
  'the clock of a machine is an hour ahead: it loads what the others load, and nothing is late or lost',
  async () => {
    for (const host of hosts.values()) await host.stopPrograms();
    await startWorker('early', ['faketime', '-f', '+1h']);
    const id = await stage.startJob({ warehouse: WAREHOUSE, only: 'public.c*' });
    await expectDone(id);
    const { tables } = await stage.report(id);
    expect(new Set(tables.map(({ host }) => host))).toEqual(new Set(['early']));
    await expectLoaded(/\.c/);
  },
  seconds(300),
);

test('at the end nothing runs, and nothing of a load is left on a disk or in the database', async () => {
  expect(await stage.runs(['--state-type', 'RUNNING', '--state-type', 'PENDING', '--state-type', 'SCHEDULED'])).toEqual([]);
  const left = [...hosts.values()].flatMap(({ disk }) =>
    ['parts', 'spool', 'loads'].flatMap((folder) => filesBelow(join(disk, '.sluice', 'etl', folder))),
  );
  expect(left).toEqual([]);
  const schemas = await query(
    stage.db,
    databaseUrl('warehouse'),
    `select nspname as name from pg_namespace where nspname !~ '^(pg_|information_schema)'`,
  );
  expect(schemas.map(({ name }) => name).sort()).toEqual(['_sluice', 'public']);
});

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
    );
  } catch {
    return []; // it was never needed there
  }
}
