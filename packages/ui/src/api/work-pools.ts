import type { RouteInput, RouteOutput } from '@sluice/core/api/routes';
import { question } from './query.ts';

export type WorkPool = RouteOutput<'GET /work_pools/{name}'>;
export type WorkQueue = RouteOutput<'GET /work_pools/{name}/queues/{queue}'>;
export type PoolOverview = RouteOutput<'GET /work_pools/{name}/overview'>;
export type PoolWaits = RouteOutput<'GET /work_pools/{name}/waits'>;
export type Worker = RouteOutput<'POST /work_pools/{name}/workers/filter'>[number];

/** Any run may be one of the pool: a page does not ask more often. */
const OVERVIEW_GAP_MS = 500;
const WAITS_GAP_MS = 5000;

export const workPools = {
  list: (body: NonNullable<RouteInput<'POST /work_pools/filter'>['body']> = {}) =>
    question(['work_pool', 'worker'], 'POST /work_pools/filter', { body }),
  overview: (name: string) => {
    const asked = question(['flow_run', 'work_pool', 'work_queue', 'worker'], 'GET /work_pools/{name}/overview', { params: { name } });
    return { ...asked, meta: { ...asked.meta, gap: OVERVIEW_GAP_MS } };
  },
  waits: (name: string, over: 'hour' | 'day') => {
    const asked = question(['flow_run'], 'GET /work_pools/{name}/waits', { params: { name }, query: { over } });
    return { ...asked, meta: { ...asked.meta, gap: WAITS_GAP_MS } };
  },
  queues: (name: string) => question(['work_queue'], 'POST /work_pools/{name}/queues/filter', { params: { name }, body: {} }),
  allQueues: (limit: number) => question(['work_queue'], 'POST /work_queues/filter', { body: { limit } }),
  workers: (name: string) => question(['worker'], 'POST /work_pools/{name}/workers/filter', { params: { name }, body: {} }),
};
