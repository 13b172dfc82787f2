import { type Client, pageAll, pageOn } from '@sluice/client';
import { MAX_LINES } from '@sluice/core/api/max-lines';
import type { RouteInput } from '@sluice/core/api/routes';
import type { Log } from '@sluice/core/model/log';
import { listUpTo } from './list-up-to.ts';

interface Reading {
  readonly sort: 'TIMESTAMP_ASC' | 'TIMESTAMP_DESC';
  /** All of them when it is left out. */
  readonly most?: number;
  readonly signal?: AbortSignal;
}

type Filter = NonNullable<NonNullable<RouteInput<'POST /logs/page'>['body']>['logs']>;

/** Log lines of a filter, in the order of `sort`. A Prefect server has them by offset alone. */
export async function readLines(client: Client, logs: Filter, { sort, most, signal }: Reading): Promise<Log[]> {
  const options = signal ? { signal } : {};
  const { ourRoutes } = await client.capabilities();
  if (ourRoutes)
    return pageOn((page) => client.request('POST /logs/page', { body: { logs, sort, ...page } }, options), {
      size: MAX_LINES,
      ...(most !== undefined && { most }),
    });
  const list = (page: { limit: number; offset: number }) => client.request('POST /logs/filter', { body: { logs, sort, ...page } }, options);
  return most === undefined ? pageAll(list) : listUpTo(most, list);
}
