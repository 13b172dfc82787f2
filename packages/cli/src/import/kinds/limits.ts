import { GlobalConcurrencyLimitCreate, TagConcurrencyLimitCreate } from '@sluice/core/model/concurrency-limit';
import { filled, type Kind } from '../item.ts';
import { readAll } from '../read-all.ts';

export const tagLimits: Kind = {
  accepts: TagConcurrencyLimitCreate,
  list: async (client) =>
    (await readAll(client, 'POST /concurrency_limits/filter')).map(({ tag, concurrency_limit }) => ({
      kind: 'tag limit',
      name: tag,
      fields: filled({ tag, concurrency_limit }),
      needs: [],
    })),
  create: (client, { fields }) => client.request('POST /concurrency_limits/', { body: fields as never }),
};

/** Prefect 3 keeps the limits of tags and deployments among them: these go with their tags and deployments. */
const OF_OTHERS = /^(tag|deployment):/;

export const globalLimits: Kind = {
  accepts: GlobalConcurrencyLimitCreate,
  list: async (client) =>
    (await readAll(client, 'POST /v2/concurrency_limits/filter'))
      .filter(({ name }) => !OF_OTHERS.test(name))
      .map(({ name, limit, active, slot_decay_per_second }) => ({
        kind: 'concurrency limit',
        name,
        fields: filled({ name, limit, active, slot_decay_per_second }),
        needs: [],
      })),
  create: (client, { fields }) => client.request('POST /v2/concurrency_limits/', { body: fields as never }),
};
