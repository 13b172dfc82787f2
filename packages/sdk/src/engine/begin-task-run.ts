import type { Client } from '@sluice/client';
import type { RouteInput } from '@sluice/core/api/routes';
import type { OrchestrationResult } from '@sluice/core/model/state';

type Step = RouteInput<'POST /task_runs/step'>['body'];

/**
 * Makes a task run and proposes its first state: in one request where the server has that, in Prefect's two elsewhere. There the state
 * is forced: the slots of its tags are ours already, and Prefect 3.9.1 would take them a second time, which on SQLite locks it up.
 */
export async function beginTaskRun(client: Client, body: Step): Promise<OrchestrationResult & { task_run_id: string }> {
  if ((await client.capabilities()).ourRoutes) return client.request('POST /task_runs/step', { body });
  const { id } = await client.request('POST /task_runs/', { body: { ...body.task_run, state: { type: 'PENDING' } } });
  const result = await client.request('POST /task_runs/{id}/set_state', { params: { id }, body: { state: body.state, force: true } });
  return { ...result, task_run_id: id };
}
