import type { Client } from '@sluice/client';
import { isObject, type Json } from '@sluice/core/lib/json';
import { isResultData } from '@sluice/core/model/result';
import type { State } from '@sluice/core/model/state';

/** What a COMPLETED run has returned, as it is stored; undefined when it has returned nothing. A result of Prefect's own can be elsewhere. */
export async function readResult(client: Client, state: State | null): Promise<Json | undefined> {
  if (state?.type !== 'COMPLETED' || !isObject(state.data)) return undefined;
  const { data } = state;
  if (isResultData(data) && data.result !== undefined) return client.request('GET /results/{id}', { params: { id: data.result } });
  return isResultData(data) || data['type'] === 'literal' ? (data['value'] as Json | undefined) : (data as Json);
}
