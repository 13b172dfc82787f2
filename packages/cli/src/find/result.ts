import type { Client } from '@sluice/client';
import { isObject, type Json } from '@sluice/core/lib/json';
import type { State } from '@sluice/core/model/state';

/** What a COMPLETED run has returned, as it is stored; undefined when it has returned nothing. One of Prefect's own may lie elsewhere. */
export async function readResult(client: Client, state: State | null): Promise<Json | undefined> {
  if (state?.type !== 'COMPLETED' || !isObject(state.data)) return undefined;
  const { type, result, value } = state.data;
  if (type === 'sluice/v1' && typeof result === 'string') return client.request('GET /results/{id}', { params: { id: result } });
  if (type === 'sluice/v1' || type === 'literal') return value as Json | undefined;
  return state.data as Json;
}
