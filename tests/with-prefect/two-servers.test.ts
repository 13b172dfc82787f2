import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createClient } from '@sluice/client';
import { expect, inject, test } from 'vitest';
import { follow } from '../../packages/cli/test/support/sluice.ts';
import { eventually } from '../support/eventually.ts';
import { PATIENCE, seconds } from '../support/patience.ts';
import { startTwoServers } from '../support/two-servers.ts';

const RUN = fileURLToPath(new URL('../interop/run.sh', import.meta.url));

/*
 * The kit's own cases say what must be true at the end: 20 tables, each once and whole, limits, clean-up, links, logs. Clients of 3.x tell
 * their task runs by events, and send what a killed server had not acknowledged only while they live: their cases of task runs are left out.
 */
test.each([
  ['2.13.7', 'test_seed', 10],
  ['3.9.1', 'test_seed and not tag_limit and not flaky', 8],
] as const)(
  'the ETL in Python, with Prefect %s, is done whole when one of two servers is killed in its middle',
  {
    timeout: seconds(600),
  },
  async (version, cases, passed) => {
    const servers = await startTwoServers(inject('postgres'));
    const client = createClient({ apiUrl: servers.url, patienceSeconds: 60 });
    const env = { ...process.env, PREFECT_API_URL: servers.url, INTEROP_PATIENCE: process.env[PATIENCE] ?? '1' };
    const kit = follow(spawn('sh', [RUN, version, '-q', '--tb=short', '-k', cases], { env, stdio: ['ignore', 'pipe', 'pipe'] }));
    try {
      await Promise.race([
        kit.ended,
        eventually(async () => {
          const body = { flows: { name: { any_: ['process-table-etl'] } }, flow_runs: { state: { type: { any_: ['COMPLETED' as const] } } } };
          expect(await client.request('POST /flow_runs/count', { body })).toBeGreaterThanOrEqual(5);
        }, 240),
      ]);
      await servers.stop(0, 'SIGKILL');
      const { code, stdout, stderr } = await kit.ended;
      expect(code, `${stdout}\n${stderr}`).toBe(0);
      expect(stdout.match(/^[.]+/m)?.[0]).toBe('.'.repeat(passed));
    } finally {
      kit.signal('SIGTERM');
      await kit.ended;
      await client.close();
      await servers.close();
    }
  },
);
