import { parentPort, workerData } from 'node:worker_threads';
import { createClient, pause } from '@sluice/client';
import { isSluiceError } from '@sluice/core/errors/sluice-error';
import type { FromLeaseThread, LeaseIdentity } from './own-lease.ts';

const { api, flow_run_id, epoch } = workerData as LeaseIdentity;
const client = createClient({ apiUrl: api.api_url, apiKey: api.api_key, authString: api.auth_string, patienceSeconds: 0 });
const tell = (what: FromLeaseThread) => parentPort?.postMessage(what);

/** One beat that is lost, or late, loses no lease. */
const BEATS_A_LEASE = 3;
const RETRY_MS = 500;

/** How long until the next one. */
async function beat(): Promise<number> {
  const { lease_seconds, cancelling } = await client.request('POST /flow_runs/{id}/beat', { params: { id: flow_run_id }, body: { epoch } });
  if (cancelling) tell('cancelling');
  return (lease_seconds * 1000) / BEATS_A_LEASE;
}

for (let isOver = false; !isOver; ) {
  const wait = await beat().catch((error: unknown) => {
    isOver = isSluiceError(error) && (error.code === 'LEASE_EXPIRED' || error.code === 'NOT_FOUND');
    return RETRY_MS;
  });
  if (!isOver) await pause(wait);
}
tell('lost');
