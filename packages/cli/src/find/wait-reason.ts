import type { Client } from '@sluice/client';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { isFinal } from '@sluice/core/model/state-type';
import type { WaitReason } from '@sluice/core/model/wait-reason';

const NOTHING: WaitReason = { reason: null, hint: null };

/** Why a run waits, and what helps, as the server says it. A Prefect server says nothing of that. */
export async function readWaitReason(client: Client, { id, state_type }: FlowRun): Promise<WaitReason> {
  if (isFinal(state_type) || !(await client.capabilities()).ourRoutes) return NOTHING;
  return client.request('GET /flow_runs/{id}/wait_reason', { params: { id } });
}
