import type { RouteInput, RouteOutput } from '@sluice/core/api/routes';
import { question } from './query.ts';

export type Deployment = RouteOutput<'GET /deployments/{id}'>;

export const deployments = {
  list: (body: NonNullable<RouteInput<'POST /deployments/filter'>['body']>) => question(['deployment'], 'POST /deployments/filter', { body }),
  named: (flow_name: string, deployment_name: string) =>
    question(['deployment'], 'GET /deployments/name/{flow_name}/{deployment_name}', { params: { flow_name, deployment_name } }),
  one: (id: string) => question(['deployment'], 'GET /deployments/{id}', { params: { id } }),
};
