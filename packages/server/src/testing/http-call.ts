import { Agent, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
  /** The body as JSON; undefined when it is empty or none. */
  readonly json: unknown;
}

export interface Call {
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Buffer;
  readonly headers?: { readonly [name: string]: string };
}

const agent = new Agent({ keepAlive: true, maxSockets: 32 });

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * One request, as any program could send it: no client in between mends anything. `url` is that of the server, with `/api`. Of a
 * stream that has no end, the answer is the first part.
 */
export function call(url: string, method: string, path: string, { body, raw, headers }: Call = {}): Promise<Answer> {
  const { hostname, port, pathname } = new URL(url);
  const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = request(
    {
      agent,
      hostname,
      port,
      method,
      path: path.startsWith('//') ? path.slice(1) : `${pathname}${path}`,
      headers: {
        ...(payload !== undefined && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(payload)) }),
        ...headers,
      },
    },
    (response) => {
      let text = '';
      response.setEncoding('utf8');
      const end = () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parse(text) });
      const isStream = response.headers['content-type']?.startsWith('text/event-stream');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (!isStream) return;
        end();
        response.destroy();
      });
      response.on('end', end);
      response.on('error', reject);
    },
  );
  sent.on('error', reject);
  sent.end(payload);
  return promise;
}
