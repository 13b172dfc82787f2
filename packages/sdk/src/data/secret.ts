import { isObject, type Json } from '@sluice/core/lib/json';
import { useClient } from '../settings/use-client.ts';

/** The value of a secret block, as Prefect's clients write them: `Secret(value="…").save("name")`. NOT_FOUND when there is none. */
export const secret = (name: string): Promise<Json> =>
  useClient(async (client) => {
    const block = await client.request('GET /block_types/slug/{slug}/block_documents/name/{block_document_name}', {
      params: { slug: 'secret', block_document_name: name },
      query: { include_secrets: 'true' },
    });
    return isObject(block.data) ? ((block.data as { value?: Json }).value ?? null) : null;
  });
