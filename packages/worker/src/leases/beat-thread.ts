import { parentPort, workerData } from 'node:worker_threads';
import { createClient, monotonicMs } from '@sluice/client';
import { isSluiceError, messageOf } from '@sluice/core/errors/sluice-error';
import type { WorkerBeat, WorkerBeatAnswer } from '@sluice/core/model/worker';
import { NO_LEASE_SECONDS } from '../claims/no-lease.ts';
import { pause } from '../pause.ts';
import type { BeatIdentity, FromBeatThread, ToBeatThread } from './beat.ts';

const { api, pool, ...identity } = workerData as BeatIdentity;
const client = createClient({ apiUrl: api.api_url, apiKey: api.api_key, authString: api.auth_string, userAgent: 'sluice-worker' });
const tell = (message: FromBeatThread) => parentPort?.postMessage(message);
const stop = new AbortController();
let leases: WorkerBeat['leases'] = [];

parentPort?.on('message', (message: ToBeatThread) => {
  if (message.type === 'stop') stop.abort();
  else leases = message.leases;
});

/** While the server is away it is asked more often than a beat is due: leases end by the time of the last one that was answered. */
const RETRY_MS = Math.min(1000, (identity.heartbeat_interval_seconds * 1000) / 4);

/** A server that answers, and refuses: its pool is gone, maybe, or its name is another's. It is asked more and more seldom. */
const LONGEST_RETRY_MS = 10_000;

/** One beat that is lost, or late, loses no lease. */
const BEATS_A_LEASE = 3;

/** The server is not waited for: without this it finds out by the silence. */
const LEAVE_MS = 1000;

async function beat(leases: WorkerBeat['leases'], leaving: boolean, signal: AbortSignal): Promise<WorkerBeatAnswer> {
  const params = { name: pool };
  if ((await client.capabilities({ signal })).ourRoutes)
    return client.request('POST /work_pools/{name}/workers/beat', { params, body: { ...identity, leases, leaving } }, { signal });
  const { name } = identity;
  const heartbeat_interval_seconds = Math.ceil(identity.heartbeat_interval_seconds); // Prefect takes whole seconds
  await client.request('POST /work_pools/{name}/workers/heartbeat', { params, body: { name, heartbeat_interval_seconds } }, { signal });
  return { lease_seconds: NO_LEASE_SECONDS, lost: [] };
}

let retryMs = RETRY_MS;

while (!stop.signal.aborted) {
  const sent_ms = monotonicMs();
  const told = leases;
  try {
    const answer = await beat(told, false, stop.signal);
    tell({ type: 'beat', sent_ms, leases: told, answer });
    retryMs = RETRY_MS;
    // Leases of this server may be shorter than we would have them.
    const seconds = Math.min(identity.heartbeat_interval_seconds, answer.lease_seconds / BEATS_A_LEASE);
    await pause(seconds * 1000, stop.signal);
  } catch (error) {
    const { code, hint } = isSluiceError(error) ? error : {};
    tell({ type: 'failed', code, message: messageOf(error), hint });
    await pause(retryMs, stop.signal);
    const isRefused = isSluiceError(error) && (error.code === 'NOT_FOUND' || error.code === 'CONFLICT');
    retryMs = isRefused ? Math.min(retryMs * 2, LONGEST_RETRY_MS) : RETRY_MS;
  }
}
await beat([], true, AbortSignal.timeout(LEAVE_MS)).catch(() => {});
await client.close();
process.exit(0);
