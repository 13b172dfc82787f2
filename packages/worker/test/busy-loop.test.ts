import type { WorkerBeat } from '@sluice/core/model/worker';
import { expect, inject, test } from 'vitest';
import { startLab } from '../../../tests/support/lab.ts';
import { seconds } from '../../../tests/support/patience.ts';
import { startRecorder } from '../../../tests/support/recorder.ts';
import { isBusy } from './fixtures/worker-flows.ts';

/** A main thread that is silent for so long is told in the beat. */
const STALL_MS = 4000;
const LEASE_MS = seconds(1.5);

test('a flow that blocks its event loop keeps its lease for three terms, and its worker reports the stall', async () => {
  const lab = await startLab(inject('postgres'), { lease_seconds: String(LEASE_MS / 1000) });
  const pool = await lab.pool();
  {
    await using recorder = await startRecorder(lab.url);
    await using _worker = await lab.worker(pool, { api: { api_url: recorder.url, api_key: undefined, auth_string: undefined } });
    const run = await lab.run(await lab.deploy(pool, isBusy), { ms: Math.max(3 * LEASE_MS, STALL_MS) + 500 });
    expect(run).toMatchObject({ state_type: 'COMPLETED', epoch: 1, crash_count: 0 });
    const told = recorder.bodies('/workers/beat').flatMap((beat) => (beat as WorkerBeat).leases);
    expect(Math.max(...told.map(({ stalled_seconds = 0 }) => stalled_seconds))).toBeGreaterThan(STALL_MS / 1000);
    expect(told[0]?.stalled_seconds).toBeUndefined();
  }
  await lab.stop();
});
