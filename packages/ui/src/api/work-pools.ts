import type { RouteInput, RouteOutput } from '@sluice/core/api/routes';
import { question } from './query.ts';

export type WorkPool = RouteOutput<'GET /work_pools/{name}'>;
export type WorkQueue = RouteOutput<'GET /work_pools/{name}/queues/{queue}'>;
export type Worker = RouteOutput<'POST /work_pools/{name}/workers/filter'>[number];

export const workPools = {
  list: (body: NonNullable<RouteInput<'POST /work_pools/filter'>['body']> = {}) =>
    question(['work_pool', 'worker'], 'POST /work_pools/filter', { body }),
  one: (name: string) => question(['work_pool', 'worker'], 'GET /work_pools/{name}', { params: { name } }),
  queues: (name: string) => question(['work_queue'], 'POST /work_pools/{name}/queues/filter', { params: { name }, body: {} }),
  workers: (name: string) => question(['worker'], 'POST /work_pools/{name}/workers/filter', { params: { name }, body: {} }),
};
