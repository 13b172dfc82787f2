import { type Client, pageAll } from '@sluice/client';
import type { Variable } from '@sluice/core/model/variable';
import { called } from '../program/called.ts';
import { orNearest } from './or-nearest.ts';

/** A variable by its name, or an error that gives the nearest names. */
export const findVariable = (client: Client, name: string): Promise<Variable> =>
  orNearest(
    client.request('GET /variables/name/{name}', { params: { name } }),
    { noun: 'variable', name, listed: called('variable ls') },
    async () => {
      const all = await pageAll((page) => client.request('POST /variables/filter', { body: page }));
      return all.map((each) => each.name);
    },
  );
