import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { isObject } from '@sluice/core/lib/json';
import type { EngineAddress } from './engine-address.ts';

/** The engine's API, of Docker's version 1.40 or later; podman serves it too. */
const VERSION = 'v1.40';

/** What the engine refused. */
export class EngineRefusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The engine did not answer. */
export class EngineAway extends Error {}

export interface Ask {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** An answer that waits for something, such as the end of a container, has no limit. */
  readonly isLong?: boolean;
}

type Method = 'GET' | 'POST' | 'DELETE';

/** An engine answers at once what waits for nothing. */
const ANSWER_MS = 60_000;

/** Speaks to a container engine. */
export class Engine {
  readonly name: string;
  readonly #address: EngineAddress;
  readonly #agent: http.Agent;

  constructor(address: EngineAddress) {
    this.name = address.name;
    this.#address = address;
    this.#agent = new (address.isTls ? https : http).Agent({ keepAlive: true });
  }

  /** The answer as JSON; undefined when it is none. */
  async json<T>(method: Method, path: string, ask: Ask = {}): Promise<T> {
    const said = await text(await this.open(method, path, ask));
    return (said === '' ? undefined : JSON.parse(said)) as T;
  }

  /** The answer as it comes. */
  open(method: Method, path: string, { query = {}, body, headers = {}, signal, isLong = false }: Ask = {}): Promise<http.IncomingMessage> {
    const search = new URLSearchParams(query).toString();
    const content = body === undefined ? undefined : JSON.stringify(body);
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    const request = (this.#address.isTls ? https : http).request({
      ...this.#address.options,
      agent: this.#agent,
      method,
      path: `/${VERSION}${path}${search && `?${search}`}`,
      headers: { host: 'docker', ...(content !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(signal && { signal }),
      ...(!isLong && { timeout: ANSWER_MS }),
    });
    request
      .on('timeout', () => request.destroy(new Error(`no answer within ${ANSWER_MS / 1000} s`)))
      .on('error', (error) => reject(signal?.aborted ? error : new EngineAway(error.message, { cause: error })))
      .on('response', (response) => {
        const { statusCode = 500 } = response;
        if (statusCode < 400) resolve(response);
        else void refusal(statusCode, response).then(reject, reject);
      })
      .end(content);
    return promise;
  }

  close(): void {
    this.#agent.destroy();
  }
}

async function refusal(status: number, response: http.IncomingMessage): Promise<EngineRefusal> {
  const said = await text(response);
  try {
    const parsed: unknown = JSON.parse(said);
    if (isObject(parsed)) return new EngineRefusal(status, String(parsed['cause'] && !parsed['message'] ? parsed['cause'] : parsed['message']));
  } catch {
    // It is no JSON.
  }
  return new EngineRefusal(status, said.trim() || `status ${status}`);
}
