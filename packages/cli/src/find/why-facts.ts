import type { Client } from '@sluice/client';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { isFinal, STATE_TYPES } from '@sluice/core/model/state-type';
import type { WhyFacts } from '../render/why.ts';
import { listWorkers } from './workers.ts';

const OPEN = STATE_TYPES.filter((type) => !isFinal(type));

/** What it takes to say why a run waits: nothing for one that does not. */
export async function readWhyFacts(client: Client, run: FlowRun): Promise<WhyFacts> {
  if (run.waiting_on) return { openRuns: await countOpen(client, run.waiting_on.flow_runs ?? []) };
  const { work_pool_name: name, work_queue_name: queue } = run;
  if (run.state_type !== 'SCHEDULED' || name === null) return {};
  const [pool, workQueue, workers, deployment] = await Promise.all([
    client.request('GET /work_pools/{name}', { params: { name } }),
    queue === null ? undefined : client.request('GET /work_pools/{name}/queues/{queue}', { params: { name, queue } }),
    listWorkers(client, name),
    run.deployment_id === null ? undefined : readDeploymentSlots(client, run.deployment_id),
  ]);
  return { pool, workers, deployment, ...(workQueue && { queue: workQueue }) };
}

async function countOpen(client: Client, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  return client.request('POST /flow_runs/count', { body: { flow_runs: { id: { any_: [...ids] }, state: { type: { any_: OPEN } } } } });
}

async function readDeploymentSlots(client: Client, id: string): Promise<WhyFacts['deployment']> {
  const { name, concurrency_limit } = await client.request('GET /deployments/{id}', { params: { id } });
  if (concurrency_limit === null) return { name, concurrency_limit, active_slots: 0 };
  const type = { any_: ['PENDING' as const, 'RUNNING' as const, 'CANCELLING' as const] };
  const body = { flow_runs: { deployment_id: { any_: [id] }, state: { type } } };
  return { name, concurrency_limit, active_slots: await client.request('POST /flow_runs/count', { body }) };
}
