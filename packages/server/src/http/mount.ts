import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { readIfMatch } from '@sluice/core/api/if-match';
import { IF_MATCH } from '@sluice/core/api/if-unchanged';
import { LEASE_HEADER, readLeaseHeader } from '@sluice/core/api/lease-header';
import { nullAsAbsent } from '@sluice/core/api/null-as-absent';
import { REPLIES } from '@sluice/core/api/replies';
import type { Route } from '@sluice/core/api/route';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { expectOwnBundle, expectOwnLease, expectOwnRuns } from '../auth/own-runs.ts';
import type { RunAccess } from '../auth/run-access.ts';
import { expectOwnSource } from '../auth/source-holders.ts';
import type { Writer } from '../orchestrate/change.ts';
import { parseBody } from './body.ts';
import { asMeant, generationOf, isPrefectClient, renewsSlots } from './generation.ts';
import { Reply, type RequestContext } from './handlers.ts';
import { invalidRequest } from './problem.ts';
import { readBody } from './read-body.ts';

const BODY_LIMIT = 2 * 1024 * 1024;

function writerOf(header: string | undefined): Writer | null {
  if (header === undefined) return null;
  const writer = readLeaseHeader(header);
  if (writer) return writer;
  throw new SluiceError('INVALID_REQUEST', 'X-Sluice-Lease is not of the form <flow run id>:<epoch>.', { hint: 'Send what the claim answered.' });
}

/** The token of a run says whose request it is, unless a program that the run has started says that it is its own. */
async function holderOf({ headers, tokenOf }: FastifyRequest, runAccess: RunAccess | undefined): Promise<Writer | null> {
  const writer = writerOf(headers[LEASE_HEADER] as string | undefined);
  if (tokenOf && writer && runAccess) await expectOwnLease(runAccess, tokenOf, writer);
  return writer ?? tokenOf;
}

function ifMatchOf(header: string | undefined): string | null {
  const updated = readIfMatch(header);
  if (updated !== 'not an instant') return updated;
  throw new SluiceError('INVALID_REQUEST', 'If-Match holds no time.', {
    hint: 'Send the `updated` of the record that you have seen, or leave it out.',
  });
}

/** Seconds that a client would wait for news: `Prefer: wait=20`. */
const preferWaitOf = (header: string | string[] | undefined): number =>
  header === undefined ? 0 : Math.min(60, Number(/\bwait=(\d+)/.exec(String(header))?.[1] ?? 0));

function contextOf(route: Route, { headers, protocol, body }: FastifyRequest, { raw }: FastifyReply, writer: Writer | null): RequestContext {
  return {
    writer,
    generation: generationOf(headers),
    isPrefectClient: isPrefectClient(headers),
    renewsSlots: renewsSlots(headers),
    preferWait: preferWaitOf(headers['prefer']),
    ifMatch: route.guarded ? ifMatchOf(headers[IF_MATCH]) : null,
    lastEventId: headers['last-event-id'] as string | undefined,
    origin: `${protocol}://${headers.host ?? ''}`,
    bodyText: typeof body === 'string' ? body : '',
    get signal() {
      const hungUp = new AbortController();
      if (raw.destroyed) hungUp.abort();
      raw.once('close', () => {
        if (!raw.writableFinished) hungUp.abort();
      });
      return hungUp.signal;
    },
  };
}

function parse(route: Route, place: 'params' | 'query' | 'body', value: unknown): unknown {
  const schema = route[place];
  if (!schema) return undefined;
  const parsed = schema.safeParse(place === 'body' ? nullAsAbsent(schema, value) : value);
  if (parsed.success) return parsed.data;
  // A path that names no possible record is a record that is not there.
  if (place === 'params') throw new SluiceError('NOT_FOUND', 'Not Found', { hint: parsed.error.issues[0]?.message });
  throw invalidRequest(place, parsed.error);
}

/** A websocket is reached by an upgrade, which `mountSockets` answers. */
const upgradeRequired = () =>
  new SluiceError('UPGRADE_REQUIRED', 'This is a websocket.', { hint: 'Connect to it with the subprotocol "prefect", as Prefect 3 clients do.' });

function send(reply: FastifyReply, route: Route, answer: unknown): FastifyReply {
  const status = (answer instanceof Reply ? answer.status : undefined) ?? route.status ?? 200;
  reply.code(status);
  if (status === 204) return reply.send();
  const kind = route.reply ?? 'json';
  reply.header('content-type', `${REPLIES[kind]}; charset=utf-8`);
  // A proxy that gathers an answer before it passes it on would keep events back.
  if (kind === 'stream') reply.header('x-accel-buffering', 'no');
  if (answer instanceof Reply) reply.headers(answer.headers);
  const body = answer instanceof Reply ? answer.body : kind === 'json' ? JSON.stringify(answer ?? null) : String(answer);
  // One slice is read ahead of the one that is sent: a client that reads slowly holds only that much of a list.
  return reply.send(typeof body === 'string' ? body : Readable.from(body, { highWaterMark: 1 }));
}

interface Doormen {
  /** Notes what of a body has come. */
  readonly count: (request: FastifyRequest, bytes: number) => void;
  /** Undefined for a server that asks for no key. */
  readonly runAccess: RunAccess | undefined;
}

/** Rows and their handlers by the same keys. */
interface Mounted {
  readonly routes: { readonly [key: string]: Route };
  readonly handlers: { readonly [key: string]: (request: never) => Promise<unknown> };
}

/** Mounts rows under `/api`: all that a route is stands in its row. */
export function mount(app: FastifyInstance, { routes, handlers }: Mounted, { count, runAccess }: Doormen): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request: FastifyRequest, payload: IncomingMessage) => readBody(request, payload, (bytes) => count(request, bytes)));
  for (const [key, route] of Object.entries(routes)) {
    const [method, path] = key.split(' ') as [string, string];
    const handler = handlers[key] as (request: object) => Promise<unknown>;
    app.route({
      method: method as 'GET',
      url: `/api${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      bodyLimit: route.bodyLimit ?? BODY_LIMIT,
      config: {
        open: route.open === true,
        secret: route.secret === true,
        route: key,
        stream: route.reply === 'stream',
        untimed: route.reply === 'stream' || route.waits === true,
      },
      handler: async (request, reply) => {
        if (route.reply === 'socket') throw upgradeRequired();
        const body =
          route.body && parseBody((request.body as string | undefined) ?? '', { mends: route.mends === true, secret: route.secret === true });
        const parsed = {
          params: parse(route, 'params', request.params),
          query: parse(route, 'query', request.query),
          body: asMeant(parse(route, 'body', body), generationOf(request.headers)),
        };
        const writer = await holderOf(request, runAccess);
        if (runAccess && request.tokenOf) {
          await expectOwnRuns(runAccess, request.tokenOf, key, parsed);
          await expectOwnBundle(runAccess, request.tokenOf, key, parsed);
          await expectOwnSource(runAccess, request.tokenOf, key, parsed);
        }
        return send(reply, route, await handler(Object.assign(contextOf(route, request, reply, writer), parsed)));
      },
    });
  }
}
