import { REPLIES } from '@sluice/core/api/replies';
import type { RouteInput, RouteKey, RouteOutput } from '@sluice/core/api/routes';
import { SLUICE_HEADER } from '@sluice/core/api/sluice-header';
import { isSluiceError } from '@sluice/core/errors/sluice-error';
import pRetry from 'p-retry';
import { type Capabilities, CapabilityNotes } from './capabilities.ts';
import { fillPath, parseKey } from './route-path.ts';
import { toError } from './to-error.ts';
import type { HttpRequest, HttpResponse, Transport } from './transport.ts';
import { unreachable } from './unreachable.ts';
import { WaitLimit } from './wait-limit.ts';

export interface ClientOptions {
  /** With the `/api` at its end: `http://127.0.0.1:4200/api`. */
  readonly apiUrl: string;
  readonly apiKey?: string | undefined;
  /** `user:password`. */
  readonly authString?: string | undefined;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Seconds to try again while the server is away or busy; 0 fails at once. A request whose answer got lost is sent twice: give
   * creates an idempotency key and states a transition id, as the SDK does.
   */
  readonly patienceSeconds?: number;
  readonly userAgent?: string;
}

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls routes by their key in the contract; what goes in and comes out has the contract's types. */
export interface Client {
  readonly apiUrl: string;
  /** Rejects with a SluiceError: the server's code, or API_UNREACHABLE. */
  request<K extends RouteKey>(key: K, input?: RouteInput<K>, options?: RequestOptions): Promise<RouteOutput<K>>;
  /** Calls a route that answers with a stream, and resolves with its text as it comes. Reading fails when the connection breaks. */
  open<K extends RouteKey>(key: K, input?: RouteInput<K>, options?: RequestOptions): Promise<AsyncIterable<string>>;
  /**
   * What the server can do besides Prefect's API. Each answer tells, so that this asks only where none has come yet; rejects as
   * `request` does, and is asked again then.
   */
  capabilities(options?: RequestOptions): Promise<Capabilities>;
  /** The same client over the same connections, with more headers in every request. */
  with(headers: Readonly<Record<string, string>>): Client;
  /** Closes the connections, also of clients that were made of this one by `with`. */
  close(): Promise<void>;
}

interface RequestInput {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
}

const PAUSES = { minTimeout: 50, maxTimeout: 1000, factor: 2, randomize: true };

/** The header that opens a server. */
export function authorization({ apiKey, authString }: Pick<ClientOptions, 'apiKey' | 'authString'>): Record<string, string> {
  if (apiKey) return { authorization: `Bearer ${apiKey}` };
  return authString ? { authorization: `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(authString)))}` } : {};
}

const BUSY: ReadonlySet<string> = new Set(['API_UNREACHABLE', 'DATABASE_UNAVAILABLE', 'TOO_MANY_REQUESTS']);

/** The server is away, starting or busy; LOCKED is an answer, not a trouble. */
const canHelp = (error: unknown) => isSluiceError(error) && BUSY.has(error.code);

/** A server that is not ours may say 503 only for a moment, as Prefect's does on SQLite: its own clients send it again, five times (3.9.1). */
const PREFECT_IS_BUSY_MS = 20_000;
const isBusy = (error: unknown) => isSluiceError(error) && error.code !== 'API_UNREACHABLE' && BUSY.has(error.code);

/** A route whose `reply` is text: it may hold anything, and JSON too. */
const isPlain = (headers: HttpResponse['headers']) => String(headers['content-type']).startsWith(REPLIES.text);

/** What is known of those on the other end. */
const learnNothing = () => ({ notes: new CapabilityNotes(), waits: new WaitLimit() });

/** What `createClient` gives, over any transport. What is learnt is so for all clients of one connection. */
export function clientOver(transport: Transport, options: ClientOptions, learnt = learnNothing()): Client {
  const { notes, waits } = learnt;
  const base = new URL(options.apiUrl).pathname.replace(/\/$/, '');
  const patienceMs = (options.patienceSeconds ?? 0) * 1000;
  const headers = {
    'content-type': 'application/json',
    'user-agent': options.userAgent ?? 'sluice',
    'x-prefect-api-version': '0.8.4',
    ...authorization(options),
    ...options.headers,
  };

  function requestOf(key: RouteKey, { params, query, body }: RequestInput, { signal, headers: more }: RequestOptions): HttpRequest {
    const { method, template } = parseKey(key);
    const path = `${base}${fillPath(template, params, query)}`;
    const text = body === undefined ? undefined : JSON.stringify(waits.body(key, body));
    return { method, path, headers: more ? { ...headers, ...waits.headers(more) } : headers, body: text, signal };
  }

  async function reached<T extends Pick<HttpResponse, 'status' | 'headers'>>(sent: Promise<T>, { signal }: RequestOptions): Promise<T> {
    try {
      const answer = await sent;
      notes.take(answer);
      return answer;
    } catch (cause) {
      if (signal?.aborted) throw signal.reason;
      throw unreachable(options.apiUrl, cause);
    }
  }

  async function answer(key: RouteKey, input: RequestInput, requestOptions: RequestOptions): Promise<unknown> {
    const asked = performance.now();
    const { status, text, headers: told } = await reached(transport.send(requestOf(key, input, requestOptions)), requestOptions);
    if (status === 504 && !(SLUICE_HEADER in told)) waits.learn(performance.now() - asked);
    if (status >= 400) throw toError(key, status, text, notes.newest);
    if (isPlain(told)) return text;
    return text === '' ? undefined : JSON.parse(text);
  }

  async function begin(key: RouteKey, input: RequestInput, requestOptions: RequestOptions): Promise<AsyncIterable<string>> {
    const { status, text } = await reached(transport.open(requestOf(key, input, requestOptions)), requestOptions);
    if (status < 400) return text;
    throw toError(key, status, (await Array.fromAsync(text)).join(''), notes.newest);
  }

  const patiently = <T>(ask: () => Promise<T>, { signal }: RequestOptions): Promise<T> =>
    pRetry(ask, {
      ...PAUSES,
      retries: Number.POSITIVE_INFINITY,
      maxRetryTime: patienceMs || PREFECT_IS_BUSY_MS,
      shouldRetry: ({ error }) => (patienceMs > 0 ? canHelp(error) : isBusy(error) && !notes.newest?.ourRoutes),
      ...(signal && { signal }),
    });

  const request: Client['request'] = (key, input, requestOptions = {}) =>
    patiently(() => answer(key, (input ?? {}) as RequestInput, requestOptions) as Promise<never>, requestOptions);

  return {
    apiUrl: options.apiUrl,
    request,
    open: (key, input, requestOptions = {}) => patiently(() => begin(key, (input ?? {}) as RequestInput, requestOptions), requestOptions),
    capabilities: async (requestOptions) => {
      if (!notes.newest) await request('GET /health', {}, requestOptions);
      return notes.newest ?? { ourRoutes: false };
    },
    with: (more) => clientOver(transport, { ...options, headers: { ...options.headers, ...more } }, learnt),
    close: async () => transport.close(),
  };
}
