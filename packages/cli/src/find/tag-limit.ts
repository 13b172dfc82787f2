import { type Client, pageAll } from '@sluice/client';
import type { TagConcurrencyLimit } from '@sluice/core/model/concurrency-limit';
import { orNearest } from './or-nearest.ts';

export const listTagLimits = (client: Client): Promise<TagConcurrencyLimit[]> =>
  pageAll((page) => client.request('POST /concurrency_limits/filter', { body: page }));

/** Does something with a tag's limit; when there is none, the error gives the nearest tags. */
export const withTagLimit = <T>(client: Client, tag: string, record: Promise<T>): Promise<T> =>
  orNearest(record, { noun: 'concurrency limit for the tag', name: tag, listed: 'sluice concurrency-limit ls' }, async () =>
    (await listTagLimits(client)).map((limit) => limit.tag),
  );
