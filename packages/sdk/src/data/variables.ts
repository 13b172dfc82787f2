import { isSluiceError } from '@sluice/core/errors/sluice-error';
import type { Json } from '@sluice/core/lib/json';
import { useClient } from '../settings/use-client.ts';

const isMissing = (error: unknown) => isSluiceError(error) && error.code === 'NOT_FOUND';

/** Values that flows share by name: Prefect's variables. Nothing secret: everybody with a key reads them. */
export const variables = {
  /** The value; undefined when there is no such variable. */
  get: (name: string): Promise<Json | undefined> =>
    useClient(async (client) => {
      try {
        return (await client.request('GET /variables/name/{name}', { params: { name } })).value;
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    }),

  /** Makes the variable, or gives it another value. */
  set: (name: string, value: Json, { tags }: { readonly tags?: readonly string[] } = {}): Promise<void> =>
    useClient(async (client) => {
      const body = { value, ...(tags && { tags: [...tags] }) };
      try {
        await client.request('PATCH /variables/name/{name}', { params: { name }, body });
      } catch (error) {
        if (!isMissing(error)) throw error;
        await client.request('POST /variables/', { body: { name, ...body } });
      }
    }),
};
