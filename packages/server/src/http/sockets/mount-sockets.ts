import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Route } from '@sluice/core/api/route';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import { authenticate, type Doorkeeping, isToken } from '../../auth/authenticate.ts';
import { refuseForeignPages } from '../../auth/same-site.ts';
import { clientAddress } from '../client-address.ts';
import { toProblem, toSluiceError } from '../problem.ts';
import { shakeHands } from './handshake.ts';
import { CLOSE, JsonSocket } from './json-socket.ts';

interface SocketRoute {
  readonly key: string;
  readonly pattern: RegExp;
  readonly route: Route;
}

interface Mounted {
  readonly routes: { readonly [key: string]: Route };
  readonly handlers: { readonly [key: string]: (request: never) => Promise<unknown> };
}

/** An event may have 1.5 MB. */
const MAX_MESSAGE = 4 * 1024 * 1024;

const parameterNames = (key: string) => [...key.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);

function refuse(stream: Duplex, error: unknown): void {
  const { status, body } = toProblem(toSluiceError(error), { id: '' });
  const text = JSON.stringify(body);
  stream.end(
    `HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}

/** Mounts the rows whose reply is a websocket: they are reached by the upgrade of a request, and checked as every request is. */
export function mountSockets(
  app: FastifyInstance,
  { routes, handlers }: Mounted,
  { doorkeeping, logger }: { doorkeeping: Doorkeeping; logger: Logger },
): void {
  const table: SocketRoute[] = Object.entries(routes)
    .filter(([, { reply }]) => reply === 'socket')
    .map(([key, route]) => ({ key, route, pattern: new RegExp(`^/api${(key.split(' ')[1] as string).replaceAll(/\{\w+\}/g, '([^/]+)')}/?$`) }));
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE,
    autoPong: false,
    perMessageDeflate: { threshold: 1024, serverNoContextTakeover: true, clientNoContextTakeover: true },
    handleProtocols: (protocols) => (protocols.has('prefect') ? 'prefect' : false),
  });
  const { runAccess } = doorkeeping;

  /** Whether a header is a key that is known; a token of a run opens no websocket. */
  async function isKey(header: string, request: IncomingMessage): Promise<boolean> {
    const address = clientAddress(request.socket.remoteAddress);
    return authenticate({ header, address, route: undefined }, doorkeeping).then(
      (run) => run === null,
      () => false,
    );
  }

  async function upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    refuseForeignPages({ host: request.headers.host, origin: request.headers.origin }, runAccess === undefined);
    const path = (request.url ?? '').split('?')[0] as string;
    const found = table.find(({ pattern }) => pattern.test(path));
    if (!found) throw new SluiceError('ROUTE_NOT_FOUND', 'Not Found', { hint: 'GET /openapi.json lists all routes.' });
    const values = found.pattern.exec(path)?.slice(1) ?? [];
    const given = Object.fromEntries(parameterNames(found.key).map((name, index) => [name, decoded(values[index] as string)]));
    const params = found.route.params?.safeParse(given);
    if (params && !params.success) throw new SluiceError('NOT_FOUND', 'Not Found', { hint: params.error.issues[0]?.message });
    const { authorization } = request.headers;
    const isLetIn = runAccess === undefined || (authorization !== undefined && (await isKey(authorization, request)));
    sockets.handleUpgrade(request, stream, head, (ws) => {
      const socket = new JsonSocket(ws);
      const handshake = {
        speaksPrefect: ws.protocol === 'prefect',
        isLetIn,
        knows: (token: string) => isToken(token, clientAddress(request.socket.remoteAddress), doorkeeping),
      };
      const talk = async () => {
        if (!(await shakeHands(socket, handshake))) return;
        await (handlers[found.key] as unknown as (request: object) => Promise<void>)({ params: params?.data, socket });
      };
      talk().then(
        () => socket.close(),
        (error) => {
          logger.error({ route: found.key, error }, 'websocket failed');
          socket.close(CLOSE.later, 'The server failed at this.');
        },
      );
    });
  }

  (app.server as Server).on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    upgrade(request, stream, head).catch((error) => refuse(stream, error));
  });
  app.addHook('preClose', async () => {
    for (const ws of sockets.clients) ws.close(CLOSE.goingAway, 'The server is stopping.');
    if (sockets.clients.size > 0) await new Promise((resolve) => setTimeout(resolve, GRACE_MS));
    for (const ws of sockets.clients) ws.terminate();
  });
}

/** Clients that hear of it hang up within this time. */
const GRACE_MS = 200;

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new SluiceError('ROUTE_NOT_FOUND', 'Not Found', { hint: 'The path is not well encoded.' });
  }
}
