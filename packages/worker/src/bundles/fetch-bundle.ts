import type { Client } from '@sluice/client';
import { isSluiceError, SluiceError } from '@sluice/core/errors/sluice-error';

/** A bundle as the server keeps it, a chunk at a time. */
export async function* fetchBundle(client: Client, name: string): AsyncGenerator<Buffer> {
  const { chunks } = await client.request('GET /bundles/{name}', { params: { name } }).catch((cause: unknown) => {
    if (!isSluiceError(cause) || cause.code !== 'NOT_FOUND') throw cause;
    throw new SluiceError('NOT_FOUND', `Bundle ${name.slice(0, 12)} is not on the server any more.`, {
      hint: 'Deploy again, and start a new run.',
      cause,
    });
  });
  for (let index = 0; index < chunks; index++) {
    const { data } = await client.request('GET /bundles/{name}/chunks/{index}', { params: { name, index: String(index) } });
    yield Buffer.from(data, 'base64');
  }
}
