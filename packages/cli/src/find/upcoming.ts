import { type Client, pageAll } from '@sluice/client';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { whole } from '../program/options.ts';

/** How far `preview` looks. */
export const hours = whole('--hours <number>', 'Hours to look ahead', 1, { min: 1, max: 24 * 366 });

interface Wanted {
  readonly pool: string;
  readonly queue?: string;
  readonly hours: number;
}

/** Runs of a work pool that are to start until then, late ones too, the next first. It counts for no poll of a worker. */
export function upcomingRuns(client: Client, { pool, queue, hours: ahead }: Wanted): Promise<FlowRun[]> {
  const before_ = new Date(Date.now() + ahead * 3_600_000).toISOString();
  const body = {
    flow_runs: { state: { type: { any_: ['SCHEDULED' as const] } }, next_scheduled_start_time: { before_ } },
    work_pools: { name: { any_: [pool] } },
    ...(queue !== undefined && { work_pool_queues: { name: { any_: [queue] } } }),
    sort: 'NEXT_SCHEDULED_START_TIME_ASC' as const,
  };
  return pageAll((page) => client.request('POST /flow_runs/filter', { body: { ...body, ...page } }));
}
