import { authorization, type ClientOptions } from './client-over.ts';
import { createTransport } from './node-transport.ts';
import { toError } from './to-error.ts';
import type { HttpRequest, HttpStream } from './transport.ts';
import { unreachable } from './unreachable.ts';

export interface RawRequest extends Pick<HttpRequest, 'method' | 'body' | 'signal'> {
  /** Below the API's own: `/flows/filter`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What was sent, and what is answered, whatever its status. */
export interface RawAnswer extends HttpStream {
  readonly sent: HttpRequest;
  /** The answer as an error, for one with a status of 400 or more; `text` is what it said. */
  error(text: string): Error;
}

/** Any request to a server, also of routes that the contract does not have, with the key of the options. Once, on a connection of its own. */
export async function rawRequest(options: ClientOptions, { method, path, body, headers, signal }: RawRequest): Promise<RawAnswer> {
  const { origin, pathname } = new URL(options.apiUrl);
  const own = { 'content-type': 'application/json', 'user-agent': options.userAgent ?? 'sluice', ...authorization(options) };
  const sent = { method, path: `${pathname.replace(/\/$/, '')}${path}`, body, headers: { ...own, ...headers }, signal };
  const transport = createTransport(origin);
  try {
    const answer = await transport.open(sent);
    return { ...answer, sent, error: (text) => toError(`${method} ${path}`, answer.status, text, undefined) };
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw unreachable(options.apiUrl, cause);
  } finally {
    transport.close();
  }
}
