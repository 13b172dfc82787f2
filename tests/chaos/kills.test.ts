import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pageAll } from '@sluice/client';
import { isFinal } from '@sluice/core/model/state-type';
import { etlPaths, listWarehouse, readLedger } from '@sluice/etl';
import { dataHome, postgresUser } from '@sluice/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPostmaster } from '../../packages/server/src/postgres/postmaster.ts';
import { eventually } from '../support/eventually.ts';
import { runningTable, sluice, withServer } from '../support/job.ts';
import { seconds } from '../support/patience.ts';

/*
 * The whole job as a user starts it, on a small sample, with one of its processes killed by SIGKILL in the middle. Nobody helps:
 * the job has to end by itself, with every table loaded exactly once and every run in a final state.
 */

const TABLES = 7;
const ETL = ['etl', '--tables', `${TABLES}`, '--sample', '0.05', '-o', 'json'];

let home: string;
const warehouse = () => etlPaths(home).warehouse;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-chaos-'));
  // Fills the source once, for all tests.
  const { code, told } = await sluice(home, ETL).ended;
  expect(code, told).toBe(0);
}, seconds(180));
afterAll(async () => {
  await sluice(home, ['reset', '--yes']).ended;
  await rm(home, { recursive: true, force: true });
});

const pidOfWorker = (name: string | null): Promise<number> =>
  withServer(home, async (client) => {
    const workers = await client.request('POST /work_pools/{name}/workers/filter', { params: { name: 'default-pool' } });
    return Number(workers.find((worker) => worker.name === name)?.pid);
  });

async function pidOfPostgres(): Promise<number> {
  const postmaster = await readPostmaster(join(await dataHome(home, await postgresUser()), 'postgres', '18'));
  return Number(postmaster?.pid);
}

const VICTIMS = {
  'the process of a table': async () => Number((await runningTable(home)).infrastructure_pid),
  'a worker': async () => pidOfWorker((await runningTable(home)).worker_name),
  'the server': async () => {
    await runningTable(home);
    return withServer(home, async (_client, pid) => pid);
  },
  'the embedded PostgreSQL': async () => {
    await runningTable(home);
    return pidOfPostgres();
  },
};

test.each(Object.entries(VICTIMS))(
  'when %s is killed in the middle, every table is loaded exactly once',
  { timeout: seconds(180) },
  async (_who, findPid) => {
    const before = new Set((await readLedger(warehouse())).map(({ load_id }) => load_id));
    const job = sluice(home, ETL);
    // Who has just ended by itself is not killed in the middle: the next one is.
    await eventually(async () => {
      const pid = await findPid();
      expect(pid).toBeGreaterThan(1);
      process.kill(pid, 'SIGKILL');
    }, 60);

    const { report, code, told } = await job.ended;
    expect(code, told).toBe(0);
    expect(report?.totals).toMatchObject({ tables: TABLES, verified: TABLES });
    const loads = (await readLedger(warehouse())).filter(({ load_id }) => !before.has(load_id));
    expect(loads.map(({ table_name }) => `public.${table_name}`).sort()).toEqual(report?.tables.map(({ table }) => table).sort());
    const rows = new Map((await listWarehouse(warehouse())).map(({ schema, name, rows: count }) => [`${schema}.${name}`, count]));
    expect(report?.tables.map(({ table, rows_loaded }) => [table, rows_loaded])).toEqual(report?.tables.map(({ table }) => [table, rows.get(table)]));
  },
);

test('after all of that every run is in a final state', async () => {
  const server = sluice(home, ['server', 'start', '--port', '0']);
  try {
    const runs = await eventually(() => withServer(home, (client) => pageAll((page) => client.request('POST /flow_runs/filter', { body: page }))));
    expect(runs.filter(({ state_type }) => !isFinal(state_type)).map(({ name, state_name }) => [name, state_name])).toEqual([]);
    expect(runs.filter(({ state_type }) => state_type !== 'COMPLETED')).toEqual([]);
  } finally {
    server.stop();
    await server.ended;
  }
});
