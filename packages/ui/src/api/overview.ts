import type { RouteOutput } from '@sluice/core/api/routes';
import { question } from './query.ts';

export type Overview = RouteOutput<'GET /overview'>;

export const overview = question(['flow_run', 'worker', 'work_pool', 'work_queue', 'concurrency_limit'], 'GET /overview');
