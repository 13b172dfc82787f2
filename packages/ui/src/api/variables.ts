import type { RouteOutput } from '@sluice/core/api/routes';
import { question, WATCHED } from './query.ts';

export type Variable = RouteOutput<'GET /variables/{id}'>;

export const variables = {
  one: (id: string) => ({ ...question([], 'GET /variables/{id}', { params: { id } }), ...WATCHED }),
};
