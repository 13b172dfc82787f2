import { z } from 'zod';
import { instant, positive, uuid } from '../model/common.ts';
import { MAX_PAGE } from './filter-schema.ts';

/** How a page of ours goes on: after the last record that was looked at, as `next` of the page before tells it. */
export const after = z.string().max(8000).nullish();

export const pageAfter = { limit: positive.max(MAX_PAGE).default(MAX_PAGE), after };

/**
 * A page that knows where it ends. `next` is null at the end of the list. A page may hold fewer records than its limit, even none, when
 * it has looked at as many as one request may: then `reached` is the time of the last of them, and the rest is asked for with `next`.
 * Records that have no value where the list is sorted by one are left out, as runs that have not ended are by END_TIME_DESC.
 */
export const pageOf = <R extends z.ZodType>(record: R) =>
  z.object({ records: z.array(record), next: z.string().nullable(), reached: instant.nullable() });

/** What a list is sorted by, of an order as `SORTS` tells it. */
export interface SortKey {
  readonly expression: string;
  readonly descending: boolean;
  readonly value: z.ZodType<string>;
}

const VALUES: { readonly [column: string]: z.ZodType<string> } = {
  id: uuid,
  name: z.string(),
  estimated_run_time: z.string().regex(/^\d+(\.\d+)?(e[+-]?\d+)?$/),
};

export function sortKey(order: string): SortKey {
  const expression = order.replace(/ (asc|desc)$/, '');
  return { expression, descending: order.endsWith(' desc'), value: VALUES[expression] ?? instant };
}
