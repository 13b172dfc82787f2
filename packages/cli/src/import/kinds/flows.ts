import type { JsonObject } from '@sluice/core/lib/json';
import { FlowCreate } from '@sluice/core/model/flow';
import { filled, type Kind } from '../item.ts';
import { readAll } from '../read-all.ts';

/** Those that a server writes by itself hold its ids. */
export const ownLabels = (labels: JsonObject | null | undefined): JsonObject =>
  Object.fromEntries(Object.entries(labels ?? {}).filter(([name]) => !name.startsWith('prefect.')));

export const flows: Kind = {
  accepts: FlowCreate,
  list: async (client) =>
    (await readAll(client, 'POST /flows/filter')).map(({ name, tags, labels }) => ({
      kind: 'flow',
      name,
      fields: filled({ name, tags, labels: ownLabels(labels) }),
      needs: [],
    })),
  create: (client, { fields }) => client.request('POST /flows/', { body: fields as never }),
};
