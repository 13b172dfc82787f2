import type { Client } from '@sluice/client';
import type { RouteInput } from '@sluice/core/api/routes';
import { toSeconds } from '@sluice/core/lib/duration';
import type { FlowRun } from '@sluice/core/model/flow-run';
import type { FlowOptions } from '../model/flow.ts';

type Noted = Pick<RouteInput<'POST /flow_runs/{id}/set_state'>['body'], 'empirical_policy'>;

/**
 * The server retries a flow run by what the run says: resolves with what goes with RUNNING. Prefect's own server wants it told before,
 * in whole seconds. Nothing is told of a flow that asks for nothing.
 */
export async function noteRetries(
  client: Client,
  { id, empirical_policy }: FlowRun,
  { retries, retryDelay = 0 }: Pick<FlowOptions<never, never>, 'retries' | 'retryDelay'>,
): Promise<Noted> {
  if (!retries) return {};
  const retry_delay = toSeconds(retryDelay);
  if ((await client.capabilities()).ourRoutes) return { empirical_policy: { ...empirical_policy, retries, retry_delay } };
  const told = { ...empirical_policy, retries, retry_delay: Math.ceil(retry_delay) };
  await client.request('PATCH /flow_runs/{id}', { params: { id }, body: { empirical_policy: told } });
  return {};
}

/** A failure that another try would only repeat: Prefect's own server does not hear that of the state. */
export async function giveUpRetries(client: Client, { id }: FlowRun, { retries }: Pick<FlowOptions<never, never>, 'retries'>): Promise<void> {
  if (!retries || (await client.capabilities()).ourRoutes) return;
  const { empirical_policy } = await client.request('GET /flow_runs/{id}', { params: { id } });
  await client.request('PATCH /flow_runs/{id}', { params: { id }, body: { empirical_policy: { ...empirical_policy, retries: 0 } } });
}
