import { type Client, pageAll } from '@sluice/client';
import type { Worker } from '@sluice/core/model/worker';

/** Workers of a pool, with those that have gone offline. */
export const listWorkers = (client: Client, pool: string): Promise<Worker[]> =>
  pageAll((page) => client.request('POST /work_pools/{name}/workers/filter', { params: { name: pool }, body: page }));

export const isOnline = ({ status }: Worker): boolean => status === 'ONLINE';
