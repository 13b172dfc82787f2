import type { Claimer, Claims } from './claims.ts';

/** Runs that a server of ours gives out, each with a lease, at the moment when they are due and there is room. */
export const longPoll =
  ({ client, pool, queues }: Claimer, worker_id: string): Claims =>
  (_room, wait_seconds, signal) =>
    client.request(
      'POST /work_pools/{name}/claim',
      { params: { name: pool }, body: { worker_id, work_queue_names: [...queues], wait_seconds } },
      { signal },
    );
