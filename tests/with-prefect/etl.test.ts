import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@sluice/client';
import { expect, test } from 'vitest';
import { sluice } from '../support/job.ts';
import { seconds } from '../support/patience.ts';
import { startPrefectServer } from '../support/prefect-package.ts';

test("the whole job, with a hundredth of the rows, on Prefect's own server", { timeout: seconds(600) }, async () => {
  const home = await mkdtemp(join(tmpdir(), 'sluice-etl-there-'));
  const server = await startPrefectServer();
  try {
    const { report, code, told } = await sluice(home, ['etl', '--api-url', server.url, '--sample', '0.01', '-o', 'json']).ended;
    expect(code, told).toBe(0);
    expect(report?.tables.map(({ verified }) => verified)).toEqual(Array(20).fill(true));
    const client = createClient({ apiUrl: server.url });
    const runs = await client.request('POST /flow_runs/filter', { body: { limit: 200 } });
    await client.close();
    expect(runs.map(({ state_type }) => state_type)).toEqual(Array(23).fill('COMPLETED'));
  } finally {
    await server.stop();
    await sluice(home, ['reset', '--yes', '--force']).ended;
    await rm(home, { recursive: true, force: true });
  }
});
