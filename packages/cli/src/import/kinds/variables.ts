import { VariableCreate } from '@sluice/core/model/variable';
import type { Kind } from '../item.ts';
import { readAll } from '../read-all.ts';

export const variables: Kind = {
  accepts: VariableCreate,
  list: async (client) =>
    (await readAll(client, 'POST /variables/filter')).map(({ name, value, tags }) => ({
      kind: 'variable',
      name,
      fields: { name, value, tags },
      needs: [],
    })),
  create: (client, { fields }) => client.request('POST /variables/', { body: fields as never }),
};
