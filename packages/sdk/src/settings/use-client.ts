import { type Client, createClient } from '@sluice/client';
import { currentScope } from '../context.ts';
import { currentSettings } from './settings.ts';

/** Works with the current flow run's client, or outside of one with a client of its own. */
export async function useClient<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const scope = currentScope();
  if (scope) return work(scope.client);
  const { api_url, api_key, auth_string } = currentSettings();
  const client = createClient({ apiUrl: api_url, apiKey: api_key, authString: auth_string });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
