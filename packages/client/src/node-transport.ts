import type { ClientRequest, IncomingMessage } from 'node:http';
import type { HttpRequest, HttpResponse, HttpStream, Transport } from './transport.ts';

/** An import would read all the module's exports, and with them load Node's fetch: 40 ms of processor time in every flow process. */
const builtin = <T>(name: string) => process.getBuiltinModule(name) as T;

/** Longer than any long poll: a connection that is silent for so long is dead. */
const SILENCE_MS = 120_000;
const CONNECTIONS = 64;

/**
 * Requests over kept connections, by Node's own client: it is in every process already, where loading another costs a flow
 * process 100 ms of processor time (measured with undici 8; that one is faster a request, by 40 µs).
 */
export function createTransport(origin: string): Transport {
  const url = new URL(origin);
  const secure = url.protocol === 'https:';
  const http = secure ? builtin<typeof import('node:https')>('node:https') : builtin<typeof import('node:http')>('node:http');
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const target = { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: url.port || (secure ? 443 : 80), agent, timeout: SILENCE_MS };

  function attempt({ method, path, headers, body, signal }: HttpRequest): { request: ClientRequest; answer: Promise<HttpResponse> } {
    const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
    const request = http.request({ ...target, method, path, headers: { ...headers, ...lengthOf(body) }, ...(signal && { signal }) }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }));
    });
    request.on('error', reject);
    request.on('timeout', () => request.destroy(new Error('the connection is silent')));
    request.end(body);
    return { request, answer: promise };
  }

  /** On a connection of its own, which ends with it. */
  async function open({ method, path, headers, body, signal }: HttpRequest): Promise<HttpStream> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const sent = { ...target, agent: false, method, path, headers: { ...headers, ...lengthOf(body) }, ...(signal && { signal }) };
    const request = http.request(sent, resolve);
    request.on('error', reject);
    request.on('timeout', () => request.destroy(new Error('the connection is silent')));
    request.end(body);
    const response = await promise;
    response.setEncoding('utf8');
    return { status: response.statusCode ?? 0, headers: response.headers, text: response };
  }

  return {
    open,
    send: async (wanted) => {
      const { request, answer } = attempt(wanted);
      try {
        return await answer;
      } catch (error) {
        // The server closed a kept connection at the moment it was used again: nothing of the request was read.
        if (!request.reusedSocket || (error as NodeJS.ErrnoException).code !== 'ECONNRESET' || wanted.signal?.aborted) throw error;
        return attempt(wanted).answer;
      }
    },
    close: () => agent.destroy(),
  };
}

const lengthOf = (body: string | undefined) => (body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) });
