import { isSluiceError } from '@sluice/core/errors/sluice-error';
import type { Kind } from '../item.ts';
import { readAll } from '../read-all.ts';

const WHY = 'it names records by their ids: make it again with sluice automation create';

/** They are told of, and not copied. */
export const automations: Kind = {
  list: async (client) => {
    try {
      const all = await readAll(client, 'POST /automations/filter');
      return all.map(({ name }) => ({ kind: 'automation', name, fields: {}, needs: [], cannot: WHY }));
    } catch (error) {
      // Prefect 2 has none.
      if (isSluiceError(error) && (error.code === 'NOT_FOUND' || error.code === 'METHOD_NOT_ALLOWED')) return [];
      throw error;
    }
  },
  create: () => Promise.reject(new Error(WHY)),
};
