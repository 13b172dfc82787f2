import type { RouteInput, RouteOutput } from '@sluice/core/api/routes';
import { question } from './query.ts';

export type Automation = RouteOutput<'GET /automations/{id}'>;

type Filter = NonNullable<RouteInput<'POST /automations/filter'>['body']>;

export const automations = {
  list: (body: Filter) => question(['automation'], 'POST /automations/filter', { body }),
  one: (id: string) => question(['automation'], 'GET /automations/{id}', { params: { id } }),
};
