import type { RouteOutput } from '@sluice/core/api/routes';
import { question, WATCHED } from './query.ts';

export type Automation = RouteOutput<'GET /automations/{id}'>;

export const automations = {
  one: (id: string) => ({ ...question([], 'GET /automations/{id}', { params: { id } }), ...WATCHED }),
};
