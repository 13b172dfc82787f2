import { type Client, pageAll } from '@sluice/client';
import type { GlobalConcurrencyLimit } from '@sluice/core/model/concurrency-limit';
import { orNearest } from './or-nearest.ts';

/** Limits of tags are among them, as `tag:<tag>`. */
export const listGlobalLimits = (client: Client): Promise<GlobalConcurrencyLimit[]> =>
  pageAll((page) => client.request('POST /v2/concurrency_limits/filter', { body: page }));

/** A limit by its name or id; when there is none, the error gives the nearest names. */
export const readGlobalLimit = (client: Client, id_or_name: string): Promise<GlobalConcurrencyLimit> =>
  orNearest(
    client.request('GET /v2/concurrency_limits/{id_or_name}', { params: { id_or_name } }),
    { noun: 'global concurrency limit', name: id_or_name, listed: 'sluice global-concurrency-limit ls' },
    async () => (await listGlobalLimits(client)).map(({ name }) => name),
  );
