import { hostname } from 'node:os';
import type { Client } from '@sluice/client';
import type { Deployment } from '@sluice/core/model/deployment';
import type { FlowRun } from '@sluice/core/model/flow-run';
import type { ClaimedRun } from '@sluice/core/model/worker';
import { codeLanguage } from '@sluice/core/process/code-language';
import type { ApiAccess } from '@sluice/core/process/messages';
import { uuidv7 } from 'uuidv7';
import { pause } from '../pause.ts';
import type { Claimer, Claims } from './claims.ts';
import { NO_LEASE_SECONDS } from './no-lease.ts';

/** Prefect's own worker asks every 10 s. */
const POLL_MS = 1000;
/** So many runs Prefect's server gives at once. */
const MOST = 200;

/**
 * Runs of Prefect's own server (3.9.1): it gives the same run to all who poll, and whoever sets it to Pending first has it. It knows
 * no leases: a run whose worker is gone stays as it is.
 */
export function pollPrefect({ client, pool, queues, api: { api_key: token, auth_string } }: Claimer & { readonly api: ApiAccess }): Claims {
  /** Runs in Python, which are left to Prefect's workers, may stand before ours: so many did at the last poll. */
  let left = 0;

  async function poll(room: number, limit: number, signal: AbortSignal): Promise<{ readonly claimed: ClaimedRun[]; readonly isFull: boolean }> {
    const claimed: ClaimedRun[] = [];
    const body = { ...(queues.length > 0 && { work_queue_names: [...queues] }), scheduled_before: new Date().toISOString(), limit };
    const due = await client.request('POST /work_pools/{name}/get_scheduled_flow_runs', { params: { name: pool }, body }, { signal });
    const deployments = new Map<string, Promise<Deployment>>();
    left = 0;
    // What was claimed is run, whatever comes after it.
    for (const { flow_run } of due) {
      if (signal.aborted || claimed.length === room) break;
      const deployment = await deploymentOf(client, flow_run, deployments);
      if (codeLanguage(deployment?.entrypoint ?? null) === 'python') left++;
      else {
        const run = await claim(client, flow_run, deployment);
        if (run) claimed.push({ ...run, ...(token !== undefined && { token }), ...(auth_string !== undefined && { auth_string }) });
      }
    }
    return { claimed, isFull: due.length === limit };
  }

  return async (room, seconds, signal) => {
    for (let limit = 0; room > 0 && limit < Math.min(room + left, MOST); ) {
      limit = Math.min(room + left, MOST);
      const { claimed, isFull } = await poll(room, limit, signal);
      if (claimed.length > 0) return claimed;
      // What stands behind those that were not ours is asked for at once: a worker that runs once asks no second time.
      if (!isFull) break;
    }
    await pause(Math.min(POLL_MS, seconds * 1000), signal);
    return [];
  };
}

/** Asked for once in a poll, not more: it may be deployed anew. */
async function deploymentOf(client: Client, { deployment_id: id }: FlowRun, known: Map<string, Promise<Deployment>>): Promise<Deployment | null> {
  if (id === null) return null;
  const found = known.get(id) ?? client.request('GET /deployments/{id}', { params: { id } });
  known.set(id, found);
  return found;
}

/** Undefined when another worker was faster, or when the run was not to start. */
async function claim(client: Client, found: FlowRun, deployment: Deployment | null): Promise<ClaimedRun | undefined> {
  const params = { id: found.id };
  const state = { type: 'PENDING' as const, state_details: { transition_id: uuidv7() } };
  const { status } = await client.request('POST /flow_runs/{id}/set_state', { params, body: { state } });
  if (status !== 'ACCEPT') return undefined;
  // Without it the server takes the run for one that was never started, and cancels it without a word to us.
  await client.request('PATCH /flow_runs/{id}', { params, body: { infrastructure_pid: `${hostname()}:${process.pid}` } });
  const flow_run = await client.request('GET /flow_runs/{id}', { params });
  const { name: flow_name } = await client.request('GET /flows/{id}', { params: { id: flow_run.flow_id } });
  // Another with each try: the process of the last one may still end.
  const epoch = flow_run.run_count + 1;
  return { flow_run, flow_name, epoch, lease_seconds: NO_LEASE_SECONDS, deployment: deployment && { ...deployment, bundle_folder: null } };
}
