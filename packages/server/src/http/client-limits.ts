import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { clientAddress } from './client-address.ts';

/** How much a client may use of the server. An address counts as one client: behind a proxy all clients are one. */
export interface ClientLimits {
  /** Milliseconds for the head of a request. */
  readonly headersMs: number;
  /** Milliseconds for the whole of a request, until its body has come. How long its answer takes is another matter: long polls wait. */
  readonly requestMs: number;
  /** Milliseconds in which a client takes some of what waits to be sent: up to a slice of a list. */
  readonly stallMs: number;
  /** Connections of one address at once. A flow process or a worker has a handful. */
  readonly connections: number;
  /** Requests of one address that are under way. */
  readonly requests: number;
  /** Bytes of bodies and answers that are held for one address. */
  readonly bytes: number;
}

export const CLIENT_LIMITS: ClientLimits = {
  headersMs: 15_000,
  requestMs: 30_000,
  stallMs: 30_000,
  connections: 2000,
  requests: 2000,
  bytes: 128 * 1024 * 1024,
};

interface Use {
  connections: number;
  requests: number;
  bytes: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** What the address of this request takes; null before its head has been read. */
    usedBy: Use | null;
    /** Bytes of its body and its answer that are counted there. */
    heldBytes: number;
  }
}

const tooMany = (what: string) =>
  new SluiceError('TOO_MANY_REQUESTS', `${what}.`, {
    hint: 'Try again in a moment, send less at once, and read the answers.',
    details: { retry_after: 1 },
  });

/** For a connection that is refused before it has asked anything. */
function refuse(socket: Socket): void {
  const body = JSON.stringify({
    detail: 'Too many connections from this address at once.',
    code: 'TOO_MANY_REQUESTS',
    hint: 'Use fewer, and keep them.',
  });
  const head = ['HTTP/1.1 429 Too Many Requests', 'content-type: application/json; charset=utf-8', 'retry-after: 1', 'connection: close'];
  socket.on('error', () => {});
  socket.end(`${[...head, `content-length: ${Buffer.byteLength(body)}`].join('\r\n')}\r\n\r\n${body}`);
  socket.destroySoon();
}

/** Counts what each address takes, and refuses what is beyond. Returns how a request's body is counted as it comes. */
export function limitClients(app: FastifyInstance, limits: ClientLimits): (request: FastifyRequest, bytes: number) => void {
  const uses = new Map<string, Use>();
  const addresses = new WeakMap<Socket, string>();
  app.decorateRequest('usedBy', null);
  app.decorateRequest('heldBytes', 0);

  function useOf(address: string): Use {
    const known = uses.get(address);
    if (known) return known;
    const use = { connections: 0, requests: 0, bytes: 0 };
    uses.set(address, use);
    return use;
  }
  const forget = (address: string, { connections, requests }: Use) => {
    if (connections === 0 && requests === 0) uses.delete(address);
  };
  const addressOf = ({ socket }: FastifyRequest) => addresses.get(socket) ?? clientAddress(socket.remoteAddress);

  (app.server as Server).on('connection', (socket: Socket) => {
    const address = clientAddress(socket.remoteAddress);
    addresses.set(socket, address);
    const use = useOf(address);
    use.connections++;
    socket.once('close', () => {
      use.connections--;
      forget(address, use);
    });
    if (use.connections > limits.connections) refuse(socket);
  });

  app.addHook('onRequest', async (request, reply) => {
    const address = addressOf(request);
    const use = useOf(address);
    request.usedBy = use;
    use.requests++;
    reply.raw.once('close', () => {
      use.requests--;
      use.bytes -= request.heldBytes;
      forget(address, use);
    });
    if (use.requests > limits.requests) throw tooMany('Too many requests of this address are open');
    if (use.bytes > limits.bytes) throw tooMany('Too many bytes that were sent to this address are still unread');
  });
  const hold = (request: FastifyRequest, bytes: number) => {
    if (!request.usedBy) return; // its head could not be read: it is refused, and holds nothing
    request.usedBy.bytes += bytes;
    request.heldBytes += bytes;
  };
  app.addHook('onSend', async (request, reply, payload) => {
    hold(request, typeof payload === 'string' ? payload.length : request.routeOptions.config.stream ? EVENTS : SLICES);
    const watch = cutWhenStalled(request.socket, limits.stallMs);
    reply.raw.once('close', () => clearInterval(watch));
    return payload;
  });
  return (request, bytes) => {
    hold(request, bytes);
    if ((request.usedBy?.bytes ?? 0) > limits.bytes) throw tooMany('This address sends too much at once');
  };
}

/** Node's own timeout would count what the client sends as well: one that sends a line now and then would never have to read. */
function cutWhenStalled(socket: Socket, ms: number): NodeJS.Timeout {
  let taken = -1;
  return setInterval(
    () => {
      const now = socket.bytesWritten - socket.writableLength;
      if (socket.writableLength > 0 && now === taken) socket.destroy();
      taken = now;
    },
    Math.min(ms, LONGEST_STALL_MS),
  ).unref();
}

/** No client is waited for longer. */
const LONGEST_STALL_MS = 3_600_000;

/** What a stream of events holds, mostly: its reader is told a few at a time. */
const EVENTS = 64 * 1024;

/** What an answer holds that is sent as it is read. */
const SLICES = 2 * 1024 * 1024;
