import type { TableLoadCreate } from '@sluice/core/model/table-load';
import { useClient } from '../settings/use-client.ts';

/** Tells the server of a load that is committed to a warehouse. The same load again changes nothing; a server that has no such records is not asked. */
export const recordTableLoad = (load: TableLoadCreate): Promise<void> =>
  useClient(async (client) => {
    if ((await client.capabilities()).ourRoutes) await client.request('POST /table_loads/', { body: load });
  });
