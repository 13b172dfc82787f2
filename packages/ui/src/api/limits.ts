import type { RouteInput, RouteOutput } from '@sluice/core/api/routes';
import { question } from './query.ts';

export type LimitUse = RouteOutput<'GET /limits'>[number];
export type GlobalLimit = RouteOutput<'GET /v2/concurrency_limits/{id_or_name}'>;

/** Runs take slots and give them back, so that nearly all that happens may change who holds one. */
const TOPICS = ['flow_run', 'concurrency_limit', 'work_pool', 'work_queue', 'deployment'] as const;

export const limits = {
  use: (query: RouteInput<'GET /limits'>['query'] = {}) => question(TOPICS, 'GET /limits', { query }),
  all: () => question(['concurrency_limit'], 'POST /v2/concurrency_limits/filter', { body: {} }),
};
