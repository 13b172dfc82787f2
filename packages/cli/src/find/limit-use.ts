import type { Client } from '@sluice/client';
import type { LimitUse } from '@sluice/core/model/limit-use';

/** Who holds slots of a limit, and who waits; a Prefect server does not tell. */
export async function readLimitUse(client: Client, id: string): Promise<LimitUse | undefined> {
  const { ourRoutes } = await client.capabilities();
  if (!ourRoutes) return undefined;
  const [use] = await client.request('GET /limits', { query: { id } });
  return use;
}
