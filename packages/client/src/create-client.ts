import type { RouteInput, RouteKey, RouteOutput } from '@sluice/core/api/routes';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { type Dispatcher, interceptors, Pool } from 'undici';
import { fillPath, parseKey } from './route-path.ts';
import { toError } from './to-error.ts';

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
  close(): Promise<void>;
}

interface Parts {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;
/** Longer than any long poll. */
const ANSWER_MS = 120_000;

const RETRIED = {
  methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as Dispatcher.HttpMethod[],
  statusCodes: [408, 429, 502, 503, 504],
  errorCodes: ['ECONNRESET', 'ECONNREFUSED', 'ENOTFOUND', 'ENETDOWN', 'ENETUNREACH', 'EHOSTDOWN', 'EHOSTUNREACH', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT'],
  minTimeout: FIRST_PAUSE_MS,
  maxTimeout: LONGEST_PAUSE_MS,
  timeoutFactor: 2,
  throwOnError: false,
};

function authorization({ apiKey, authString }: ClientOptions): Record<string, string> {
  if (apiKey) return { authorization: `Bearer ${apiKey}` };
  return authString ? { authorization: `Basic ${Buffer.from(authString).toString('base64')}` } : {};
}

export function createClient(options: ClientOptions): Client {
  const { origin, pathname } = new URL(options.apiUrl);
  const base = pathname.replace(/\/$/, '');
  const pool = new Pool(origin, { connections: 64, headersTimeout: ANSWER_MS, bodyTimeout: ANSWER_MS, keepAliveTimeout: 4000 });
  const patience = options.patienceSeconds ?? 0;
  const dispatcher = patience > 0 ? pool.compose(interceptors.retry({ ...RETRIED, maxRetries: Math.ceil(patience * (1000 / LONGEST_PAUSE_MS)) + 5 })) : pool;
  const headers = {
    'content-type': 'application/json',
    'user-agent': options.userAgent ?? 'sluice',
    'x-prefect-api-version': '0.8.4',
    ...authorization(options),
    ...options.headers,
  };

  async function send(key: RouteKey, { params, query, body }: Parts, { signal, headers: more }: RequestOptions): Promise<{ status: number; text: string }> {
    const { method, template } = parseKey(key);
    try {
      const response = await dispatcher.request({
        method: method as Dispatcher.HttpMethod,
        path: `${base}${fillPath(template, params, query)}`,
        headers: more ? { ...headers, ...more } : headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(signal && { signal }),
      });
      return { status: response.statusCode, text: await response.body.text() };
    } catch (cause) {
      if (signal?.aborted) throw signal.reason;
      throw new SluiceError('API_UNREACHABLE', `The server at ${options.apiUrl} does not answer: ${(cause as Error).message || (cause as { code?: string }).code}`, {
        cause,
        hint: 'Start one with: sluice server start. Or set SLUICE_API_URL to where it is.',
      });
    }
  }

  return {
    apiUrl: options.apiUrl,
    request: async (key, input, requestOptions = {}) => {
      const { status, text } = await send(key, (input ?? {}) as Parts, requestOptions);
      if (status >= 400) throw toError(key, status, text);
      return (text === '' ? undefined : JSON.parse(text)) as never;
    },
    close: () => pool.destroy(),
  };
}
