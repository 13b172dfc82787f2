import type { RouteInput, RouteOutput } from '@sluice/core/api/routes';
import { question, UNTOLD, WATCHED } from './query.ts';

export type Variable = RouteOutput<'GET /variables/{id}'>;

type Filter = NonNullable<RouteInput<'POST /variables/filter'>['body']>;

export const variables = {
  list: (body: Filter) => ({ ...question([], 'POST /variables/filter', { body }), ...UNTOLD }),
  one: (id: string) => ({ ...question([], 'GET /variables/{id}', { params: { id } }), ...WATCHED }),
};
