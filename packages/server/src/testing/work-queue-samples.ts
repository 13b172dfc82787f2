import type { SampleRecords } from './sample-records.ts';
import type { Samples } from './sample-requests.ts';

const AT = '2026-11-24T10:00:00Z';

export function workQueueSamples(records: SampleRecords, fresh: string): Samples<'/work_queues/'> {
  const queue = { params: { id: records.queue } };
  return {
    'POST /work_queues/': { body: { name: `queue ${fresh}`, concurrency_limit: 2 } },
    'GET /work_queues/{id}': queue,
    'GET /work_queues/name/{name}': { params: { name: 'sample-legacy-queue' } },
    'PATCH /work_queues/{id}': { ...queue, body: { description: 'd', is_paused: false } },
    'DELETE /work_queues/{id}': queue,
    'POST /work_queues/filter': { body: { work_queues: { name: { startswith_: ['sample'] } }, limit: 5 } },
    'POST /work_queues/{id}/get_runs': { ...queue, body: { scheduled_before: AT, limit: 5 } },
    'GET /work_queues/{id}/status': queue,
    'POST /work_queues/{id}/concurrency_status': { ...queue, body: { page: 1, limit: 5 } },
  };
}
