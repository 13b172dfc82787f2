import type { Kind } from '../item.ts';
import { noneWithoutRoute, readAll } from '../read-all.ts';

const WHY = 'it names records by their ids: make it again with sluice automation create';

/** They are told of, and not copied. Prefect 2 has none. */
export const automations: Kind = {
  list: async (client) => {
    const all = await noneWithoutRoute(readAll(client, 'POST /automations/filter'));
    return all.map(({ name }) => ({ kind: 'automation', name, fields: {}, needs: [], cannot: WHY }));
  },
  create: () => Promise.reject(new Error(WHY)),
};
