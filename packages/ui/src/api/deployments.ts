import type { RouteInput, RouteOutput } from '@sluice/core/api/routes';
import { question } from './query.ts';

export type Deployment = RouteOutput<'GET /deployments/{id}'>;

export const deployments = {
  list: (body: NonNullable<RouteInput<'POST /deployments/filter'>['body']>) => question(['deployment'], 'POST /deployments/filter', { body }),
  /** None or one: to ask for it by its path would be an error in the browser's eyes where it is not there. */
  named: (flow: string, deployment: string) =>
    question(['deployment'], 'POST /deployments/filter', {
      body: { flows: { name: { any_: [flow] } }, deployments: { name: { any_: [deployment] } }, limit: 1 },
    }),
  one: (id: string) => question(['deployment'], 'GET /deployments/{id}', { params: { id } }),
};
