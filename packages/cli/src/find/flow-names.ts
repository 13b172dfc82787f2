import type { Client } from '@sluice/client';

const AT_ONCE = 200;

/** Names of the flows that these records belong to, by the flow's id. */
export async function flowNames(client: Client, records: readonly { readonly flow_id: string }[]): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(records.map(({ flow_id }) => flow_id))];
  const pages = Array.from({ length: Math.ceil(ids.length / AT_ONCE) }, (_, page) => ids.slice(page * AT_ONCE, (page + 1) * AT_ONCE));
  const flows = await Promise.all(pages.map((any_) => client.request('POST /flows/filter', { body: { flows: { id: { any_ } } } })));
  return new Map(flows.flat().map(({ id, name }) => [id, name]));
}
