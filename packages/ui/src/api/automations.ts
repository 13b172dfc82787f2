import type { RouteInput, RouteOutput } from '@sluice/core/api/routes';
import { question, UNTOLD, WATCHED } from './query.ts';

export type Automation = RouteOutput<'GET /automations/{id}'>;

type Filter = NonNullable<RouteInput<'POST /automations/filter'>['body']>;

export const automations = {
  list: (body: Filter) => ({ ...question([], 'POST /automations/filter', { body }), ...UNTOLD }),
  one: (id: string) => ({ ...question([], 'GET /automations/{id}', { params: { id } }), ...WATCHED }),
};
