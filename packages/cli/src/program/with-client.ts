import { type Client, createClient } from '@sluice/client';
import { isSluiceError, SluiceError } from '@sluice/core/errors/sluice-error';
import { type CliSettings, cliSettings } from '../home/settings.ts';
import type { Globals } from './define-command.ts';

interface Options {
  /** Seconds to try again while the server is away. */
  readonly patienceSeconds?: number;
}

/** What follows a run to its end sits out a server's restart. */
export const WATCH_PATIENCE = 300;

/** Works with a client of the server that the settings name. */
export async function withClient<T>(
  globals: Globals,
  work: (client: Client, settings: CliSettings['values']) => Promise<T>,
  { patienceSeconds = 0 }: Options = {},
): Promise<T> {
  const { values, apiUrlFrom } = await cliSettings(globals);
  const { api_url, api_key, auth_string } = values;
  const client = createClient({ apiUrl: api_url, apiKey: api_key, authString: auth_string, patienceSeconds, userAgent: 'sluice-cli' });
  try {
    return await work(client, values);
  } catch (error) {
    throw apiUrlFrom && isSluiceError(error) && error.code === 'API_UNREACHABLE' ? withOrigin(error, apiUrlFrom) : error;
  } finally {
    await client.close();
  }
}

/** A variable that was exported long ago is the commonest reason to ask the wrong server. */
const withOrigin = (error: SluiceError, name: string) =>
  new SluiceError('API_UNREACHABLE', error.message, { hint: `The URL comes from ${name}. ${error.hint ?? ''}`.trim(), cause: error });
