import type { RouteInput, RouteOutput } from '@sluice/core/api/routes';
import { question } from './query.ts';

export type Variable = RouteOutput<'GET /variables/{id}'>;

type Filter = NonNullable<RouteInput<'POST /variables/filter'>['body']>;

export const variables = {
  list: (body: Filter) => question(['variable'], 'POST /variables/filter', { body }),
  one: (id: string) => question(['variable'], 'GET /variables/{id}', { params: { id } }),
};
