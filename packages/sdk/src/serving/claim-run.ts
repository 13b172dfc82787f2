import { hostname } from 'node:os';
import type { Client } from '@sluice/client';
import { uuidv7 } from 'uuidv7';

/** Takes a run that is due, with a lease where the server knows leases. Refused, it is somebody else's, or must wait. */
export async function claimRun(client: Client, id: string, worker: string): Promise<{ readonly epoch: number } | { readonly why: string }> {
  const params = { id };
  const { ourRoutes } = await client.capabilities();
  const state = { type: 'PENDING' as const, state_details: { transition_id: uuidv7() } };
  // The run's own id says that no worker holds it, and that it is taken up again without a queue.
  const holder = ourRoutes && { holder: { id, name: worker } };
  const { status, details } = await client.request('POST /flow_runs/{id}/set_state', { params, body: { state, ...holder } });
  if (status !== 'ACCEPT') return { why: ('reason' in details && details.reason) || `the server answers ${status}` };
  // Without it Prefect's server takes the run for one that was never started.
  if (!ourRoutes) await client.request('PATCH /flow_runs/{id}', { params, body: { infrastructure_pid: `${hostname()}:${process.pid}` } });
  return { epoch: (await client.request('GET /flow_runs/{id}', { params })).epoch ?? 0 };
}
