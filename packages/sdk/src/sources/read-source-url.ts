import { isSluiceError } from '@sluice/core/errors/sluice-error';
import { currentScope } from '../context.ts';

/**
 * The URL of a source, as the server keeps it for runs that name the source; undefined when it does not know the source, or keeps none
 * at all. Outside of a run there is nobody whom it would tell.
 */
export async function readSourceUrl(name: string): Promise<string | undefined> {
  const client = currentScope()?.client;
  if (!client || !(await client.capabilities()).ourRoutes) return undefined;
  try {
    return (await client.request('POST /sources/url', { body: { name } })).url;
  } catch (error) {
    // The second is what an older server says.
    if (isSluiceError(error) && (error.code === 'NOT_FOUND' || error.code === 'ROUTE_NOT_FOUND')) return undefined;
    throw error;
  }
}
