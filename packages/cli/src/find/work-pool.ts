import { type Client, pageAll } from '@sluice/client';
import { isSluiceError } from '@sluice/core/errors/sluice-error';
import type { WorkPool } from '@sluice/core/model/work-pool';
import { orNearest } from './or-nearest.ts';

export const listWorkPools = (client: Client): Promise<WorkPool[]> => pageAll((page) => client.request('POST /work_pools/filter', { body: page }));

/** Does something with a work pool; when there is no such one, the error gives the nearest names. */
export const withWorkPool = <T>(client: Client, name: string, record: Promise<T>): Promise<T> =>
  orNearest(record, { noun: 'work pool', name, listed: 'sluice work-pool ls', hint: `sluice work-pool create makes one.` }, async () =>
    (await listWorkPools(client)).map((pool) => pool.name),
  );

export const readWorkPool = (client: Client, name: string): Promise<WorkPool> =>
  withWorkPool(client, name, client.request('GET /work_pools/{name}', { params: { name } }));

/** Undefined when there is none. */
export const findWorkPool = (client: Client, name: string): Promise<WorkPool | undefined> =>
  client.request('GET /work_pools/{name}', { params: { name } }).catch((error: unknown) => {
    if (isSluiceError(error) && error.code === 'NOT_FOUND') return undefined;
    throw error;
  });
