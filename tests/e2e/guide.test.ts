import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { etlPaths, type Load, type Report } from '@sluice/etl';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { sluice, withServer } from '../support/job.ts';
import { seconds } from '../support/patience.ts';

/* The guide's steps by hand, one after the other. */

let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-guide-'));
});
afterAll(async () => {
  await sluice(home, ['reset', '--yes', '--force']).ended;
  await rm(home, { recursive: true, force: true });
});

const ready = () => eventually(() => withServer(home, (client) => client.request('GET /ready')));

async function run(...args: string[]): Promise<string> {
  const { code, told, said } = await sluice(home, args).ended;
  expect(code, told).toBe(0);
  return said;
}

const runMain = () => run('deployment', 'run', 'main-etl-job/main-etl-deployment', '--param', 'limit=3', '--watch');
const report = async () => JSON.parse(await readFile(etlPaths(home).report, 'utf8')) as Report;

test('server, set-up, deployments, workers and the job work by hand, and again after the server was restarted', {
  timeout: seconds(120),
}, async () => {
  const server = sluice(home, ['server', 'start', '--port', '0']);
  await ready();
  expect(await run('setup')).toContain('default-pool');
  await run('demo', '--sample', '0.01');
  expect((await run('deploy')).match(/✅ Deployed: .*/g)).toEqual([
    '✅ Deployed: main-etl-job',
    '✅ Deployed: process-table-etl',
    '✅ Deployed: cleanup-flow-1',
    '✅ Deployed: cleanup-flow-2',
    '✅ Deployed: quarantine-replay',
  ]);
  const workers = sluice(home, ['worker', 'start', '--pool', 'default-pool', '--workers', '3', '--name', 'worker']);
  expect(await runMain()).toContain('Completed');
  const first = await report();
  expect(first.totals).toMatchObject({ tables: 3, verified: 3 });
  workers.stop();
  const { code, said } = await workers.ended;
  expect(code).toBe(0);
  expect(said).toMatch(/✅ Worker worker-3 started \(PID: \d+\)/);

  server.stop();
  await server.ended;
  const again = sluice(home, ['server', 'start', '--port', '0']);
  await ready();
  const worker = sluice(home, ['worker', 'start', '--pool', 'default-pool']);
  expect(await runMain()).toContain('Completed');
  const second = await report();
  expect(second.flow_run_id).not.toBe(first.flow_run_id);
  expect(second.totals).toEqual(first.totals);

  // One of its tables is loaded anew by a restart from the task that planned it.
  const find = ['flow-run', 'ls', '--parent', second.flow_run_id, '--flow-name', 'process-table-etl', '--limit', '1', '-o', 'json'];
  const [table] = JSON.parse(await run(...find)) as [{ id: string }];
  const resultOf = async (id: string) => (JSON.parse(await run('flow-run', 'inspect', id, '-o', 'json')) as { result: Load }).result;
  const before = await resultOf(table.id);
  expect(await run('flow-run', 'retry', table.id, '--from', 'plan-table', '--watch')).toContain('Completed');
  const anew = await resultOf(table.id);
  expect(anew).toMatchObject({ outcome: 'committed', verified: true, rows_loaded: before.rows_loaded });
  expect(anew.load_id).not.toBe(before.load_id);
  worker.stop();
  await worker.ended;
  again.stop();
  await again.ended;
});
