import { fileURLToPath } from 'node:url';
import { startTestServer, type TestServer } from '@sluice/server/testing';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createSluice, type Sluice } from './support/sluice.ts';

/** Below the project's folder flows, as a project has it: the configuration is found from its root. */
const PROJECT_ROOT = fileURLToPath(new URL('./fixtures/guide', import.meta.url));

let server: TestServer;
let sluice: Sluice;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  sluice = createSluice({ SLUICE_HOME: server.home, PREFECT_API_URL: server.url });
});
afterAll(() => server.stop());

const lines = (text: string) => text.trimEnd().split('\n');

test("the guide's steps, one after the other", async () => {
  const setup = await sluice.run(['setup'], { env: { PREFECT_CONCURRENCY_LIMIT: '2' } });
  expect(lines(setup.stdout).slice(0, 3)).toEqual([
    `🔗 Sluice server: ${server.url}`,
    '✅ Work pool: default-pool (type process)',
    '✅ Concurrency limit: tag "database" = 2',
  ]);

  const deploy = await sluice.run(['deploy'], { cwd: PROJECT_ROOT });
  expect({ ...deploy, stdout: deploy.stdout.replace(/, .* bundle \w+$/m, ', …') }).toEqual({
    code: 0,
    stdout:
      '📦 Packed 4 files, …\n🚀 Deploying flows to work pool...\n✅ Deployed: main-etl-job\n✅ Deployed: process-table-etl\n\n🎉 All deployments created successfully!\n',
    stderr: '',
  });

  const workers = sluice.start(['worker', 'start', '--pool', 'default-pool', '--workers', '2', '--name', 'worker']);
  const banner = await workers.until(/worker-1: online.*worker-2: online|worker-2: online.*worker-1: online/s);
  const rule = '='.repeat(60);
  expect(banner.replaceAll(/PID: \d+/g, 'PID: 12345')).toContain(
    [
      rule,
      'SLUICE WORKER MANAGER',
      rule,
      `🔗 Sluice server: ${server.url}`,
      '🏊 Work pool: default-pool',
      '👷 Workers: 2',
      rule,
      '',
      '🚀 Starting worker: worker-1',
      '✅ Worker worker-1 started (PID: 12345)',
      '🚀 Starting worker: worker-2',
      '✅ Worker worker-2 started (PID: 12345)',
      '',
      rule,
      '✅ All 2 worker(s) started successfully!',
      rule,
      '',
      '💡 Workers are now polling for flow runs...',
      '   Press Ctrl+C to stop all workers',
      '',
    ].join('\n'),
  );

  const run = await sluice.run(['deployment', 'run', 'main-etl-job/main-etl-deployment', '--watch']);
  expect(run.stdout).toMatch(/^Created flow run '[\w-]+' \([0-9a-f-]{36}\)\.\n.*\| loading 3 tables\n.*is Completed after/s);
  expect(run).toMatchObject({ code: 0, stderr: '' });

  const all = lines((await sluice.run(['flow-run', 'ls'])).stdout).map((line) => line.split('\t'));
  expect(all).toHaveLength(4);
  const tables = lines((await sluice.run(['flow-run', 'ls', '--flow-name', 'process-table-etl'])).stdout).map((line) => line.split('\t'));
  expect(tables.map(([, flow, , state]) => [flow, state])).toEqual(Array.from({ length: 3 }, () => ['process-table-etl', 'Completed']));
  expect(new Set(tables.map((cells) => cells[6]))).toEqual(new Set(['worker-1', 'worker-2']));

  const [id = ''] = tables[0] ?? [];
  expect((await sluice.run(['flow-run', 'logs', id])).stdout).toMatch(/\| INFO {5}\| table \d\n/);
  expect((await sluice.run(['flow-run', 'inspect', id])).stdout).toMatch(/State\tCompleted\n.*Parameters\t\{"table":\d\}\n/s);
  const deployments = await sluice.run(['deployment', 'ls']);
  expect(lines(deployments.stdout).map((line) => line.split('\t')[0])).toEqual([
    'main-etl-job/main-etl-deployment',
    'process-table-etl/process-table-etl-deployment',
  ]);
  expect((await sluice.run(['deployment', 'inspect', 'process-table-etl-deployment'])).stdout).toContain(
    'Entrypoint\tprocess-table-etl.ts:processTableEtl\n',
  );

  const online = lines((await sluice.run(['worker', 'ls'])).stdout).map((line) => line.split('\t').slice(0, 4));
  expect(online.sort()).toEqual([
    ['worker-1', 'default-pool', 'ONLINE', '0/1'],
    ['worker-2', 'default-pool', 'ONLINE', '0/1'],
  ]);
  expect((await sluice.run(['work-pool', 'inspect', 'default-pool'])).stdout).toMatch(/Workers online\t2 \(worker-\d, worker-\d\)\n/);

  workers.signal('SIGINT');
  const stopped = await workers.ended;
  expect(stopped.code).toBe(0);
  expect(stopped.stdout).toMatch(/🛑 Stopping all workers.*✅ All workers stopped\n$/s);
  expect(stopped.stderr).toBe('');
});
