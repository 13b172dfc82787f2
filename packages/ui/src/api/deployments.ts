import type { RouteInput, RouteOutput } from '@sluice/core/api/routes';
import { question } from './query.ts';

export type Deployment = RouteOutput<'GET /deployments/{id}'>;

export const deployments = {
  list: (body: NonNullable<RouteInput<'POST /deployments/filter'>['body']>) => question(['deployment'], 'POST /deployments/filter', { body }),
  one: (id: string) => question(['deployment'], 'GET /deployments/{id}', { params: { id } }),
};
