import { type Client, createBrowserClient } from '@sluice/client/browser';
import type { RouteInput, RouteKey, RouteOutput } from '@sluice/core/api/routes';
import { isSluiceError } from '@sluice/core/errors/sluice-error';
import { authorizationHeader, lock } from './session.ts';

const bare = createBrowserClient({ apiUrl: `${location.origin}/api`, userAgent: 'sluice-dashboard' });

/** The client with the key of this session. */
export const client = (): Client => bare.with(authorizationHeader());

/** Calls a row of the contract. Rejects with a SluiceError that has the server's words. */
export async function ask<K extends RouteKey>(
  key: K,
  input?: RouteInput<K>,
  signal?: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
): Promise<RouteOutput<K>> {
  try {
    return await client().request(key, input, { signal, headers });
  } catch (error) {
    if (isSluiceError(error) && error.code === 'UNAUTHORIZED') lock(error);
    throw error;
  }
}

/** Rejects in the server's words when it does not let this header in. */
export async function tryAuthorization(authorization: string): Promise<void> {
  await bare.with({ authorization }).request('GET /version');
}
