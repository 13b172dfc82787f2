import type { Settings } from '@sluice/core/settings/settings';
import type { FastifyInstance } from 'fastify';
import type { CallApi } from '../services/automations/act.ts';

const PATIENCE_MS = 30_000;

/**
 * Calls this server's own API inside of the process, as its own client: what a service asks for is checked and done as if a client had
 * asked, also where the API listens nowhere.
 */
export function createCallApi(app: FastifyInstance, { api_key, auth_string }: Pick<Settings, 'api_key' | 'auth_string'>): CallApi {
  const authorization = api_key ? `Bearer ${api_key}` : auth_string ? `Basic ${Buffer.from(auth_string).toString('base64')}` : undefined;
  return async (method, path, body) => {
    const answer = await app.inject({
      method: method as 'GET',
      url: `/api${path}`,
      headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body !== undefined && { payload: JSON.stringify(body) }),
    });
    return { status: answer.statusCode, json: answer.body ? (JSON.parse(answer.body) as unknown) : null };
  };
}
