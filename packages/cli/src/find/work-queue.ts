import { type Client, pageAll } from '@sluice/client';
import type { WorkQueue } from '@sluice/core/model/work-pool';
import { text } from '../program/options.ts';
import { orNearest } from './or-nearest.ts';
import { readWorkPool } from './work-pool.ts';

/** The pool of a queue, as an option: names of queues are the pool's own. */
export const poolOption = text('-p, --pool <name>', 'Work pool of the queue; the setting SLUICE_WORK_POOL when left out');

export async function listWorkQueues(client: Client, pool: string): Promise<WorkQueue[]> {
  await readWorkPool(client, pool);
  return pageAll((page) => client.request('POST /work_pools/{name}/queues/filter', { params: { name: pool }, body: page }));
}

/** Does something with a work queue; when there is no such one, the error gives the nearest names. */
export const withWorkQueue = <T>(client: Client, pool: string, queue: string, record: Promise<T>): Promise<T> =>
  orNearest(record, { noun: `work queue of the work pool "${pool}"`, name: queue, listed: `sluice work-queue ls --pool ${pool}` }, async () =>
    (await listWorkQueues(client, pool)).map(({ name }) => name),
  );

export const readWorkQueue = (client: Client, pool: string, queue: string): Promise<WorkQueue> =>
  withWorkQueue(client, pool, queue, client.request('GET /work_pools/{name}/queues/{queue}', { params: { name: pool, queue } }));
