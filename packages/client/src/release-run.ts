import type { Client } from './client-over.ts';

/**
 * A run that is to be tried again, or was handed back, is anybody's. A server of ours knows that; Prefect's own keeps it for the process
 * that it was tried in, and takes it for one that still has it. A run without a deployment is nobody else's.
 */
export async function releaseRun(client: Client, id: string): Promise<void> {
  if ((await client.capabilities()).ourRoutes) return;
  const params = { id };
  const { deployment_id, empirical_policy } = await client.request('GET /flow_runs/{id}', { params });
  if (deployment_id === null) return;
  const body = { infrastructure_pid: null, empirical_policy: { ...empirical_policy, retry_type: 'reschedule' as const } };
  await client.request('PATCH /flow_runs/{id}', { params, body });
}
