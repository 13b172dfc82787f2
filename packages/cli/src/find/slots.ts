import type { Client } from '@sluice/client';
import type { RouteOutput } from '@sluice/core/api/routes';
import type { WorkQueue } from '@sluice/core/model/work-pool';

type PoolSlots = RouteOutput<'POST /work_pools/{name}/concurrency_status'>;
type QueueSlots = RouteOutput<'POST /work_queues/{id}/concurrency_status'>;

/** A run that has a slot, and the queue that it came by. */
export type SlotHolder = QueueSlots['flow_runs'][number] & { readonly queue: string };

const MOST = 200;

/** Pages as one, by their numbers. */
async function allPages<P extends { pages: number }>(read: (page: number) => Promise<P>): Promise<[P, ...P[]]> {
  const first = await read(1);
  const others = [];
  for (let page = 2; page <= first.pages; page++) others.push(await read(page));
  return [first, ...others];
}

const asOne = <P extends object, R>(first: P, list: readonly R[]) => ({ ...first, count: list.length, limit: list.length, pages: 1, page: 1 });

/** The slots of a work pool, of its queues, and the newest 200 runs of each that have them. */
export async function readPoolSlots(client: Client, name: string): Promise<PoolSlots> {
  const read = (page: number) =>
    client.request('POST /work_pools/{name}/concurrency_status', { params: { name }, body: { page, limit: MOST, flow_run_limit: MOST } });
  const pages = await allPages(read);
  const queues = pages.flatMap((page) => page.queues);
  return { ...asOne(pages[0], queues), queues };
}

export async function readQueueSlots(client: Client, { id }: WorkQueue): Promise<QueueSlots> {
  const pages = await allPages((page) =>
    client.request('POST /work_queues/{id}/concurrency_status', { params: { id }, body: { page, limit: MOST } }),
  );
  const flow_runs = pages.flatMap((page) => page.flow_runs);
  return { ...asOne(pages[0], flow_runs), flow_runs };
}
