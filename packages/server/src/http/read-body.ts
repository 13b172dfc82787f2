import type { IncomingMessage } from 'node:http';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { FastifyRequest } from 'fastify';

const tooLarge = (limit: number) =>
  new SluiceError('BODY_TOO_LARGE', `The body is too large: at most ${limit} bytes are read.`, {
    hint: 'Send less at once, or store the data elsewhere and send where it is.',
  });

/** The text of a request's body, up to the limit of its route. `count` is told of every piece as it comes, and may refuse it. */
export function readBody(request: FastifyRequest, payload: IncomingMessage, count: (bytes: number) => void): Promise<string> {
  const limit = request.routeOptions.bodyLimit;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  let size = 0;
  const onData = (chunk: Buffer) => {
    try {
      size += chunk.length;
      if (size > limit) throw tooLarge(limit);
      count(chunk.length);
      chunks.push(chunk);
    } catch (error) {
      payload.off('data', onData);
      payload.resume();
      reject(error);
    }
  };
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.reject(tooLarge(limit));
  payload.on('data', onData);
  payload.once('end', () => resolve((chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).toString()));
  payload.once('error', reject);
  return promise;
}
