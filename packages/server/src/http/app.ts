import { openapi } from '@sluice/core/api/openapi';
import { routes } from '@sluice/core/api/routes';
import type { ErrorCode } from '@sluice/core/errors/catalog';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { authenticate, type Doorkeeping } from '../auth/authenticate.ts';
import type { Credentials } from '../auth/credentials.ts';
import { refuseForeignPages } from '../auth/same-site.ts';
import { createWrongKeys } from '../auth/wrong-keys.ts';
import type { Writer } from '../orchestrate/change.ts';
import { allowedMethods } from './allowed-methods.ts';
import { API_HEADERS, HEADERS } from './answer-headers.ts';
import { expectApiVersion } from './api-version.ts';
import { clientAddress } from './client-address.ts';
import { clientErrorHandler } from './client-error.ts';
import { type ClientLimits, limitClients } from './client-limits.ts';
import type { Deps, Handlers } from './handlers.ts';
import { mount } from './mount.ts';
import { isPage, sendPage, servePages } from './pages.ts';
import { toProblem, toSluiceError } from './problem.ts';
import type { RequestTimes } from './request-times.ts';
import { adminHandlers } from './routes/admin.ts';
import { allEventHandlers } from './routes/all-events.ts';
import { boardHandlers } from './routes/board.ts';
import { bundleHandlers } from './routes/bundles.ts';
import { concurrencyHandlers } from './routes/concurrency.ts';
import { dataHandlers } from './routes/data.ts';
import { deploymentHandlers } from './routes/deployments.ts';
import { flowRunActHandlers } from './routes/flow-run-acts.ts';
import { flowRunInputHandlers } from './routes/flow-run-inputs.ts';
import { flowRunReadHandlers } from './routes/flow-run-reads.ts';
import { flowRunHandlers } from './routes/flow-runs.ts';
import { flowHandlers } from './routes/flows.ts';
import { logHandlers } from './routes/logs.ts';
import { overviewHandlers } from './routes/overview.ts';
import { poolOverviewHandlers } from './routes/pool-overview.ts';
import { sourceHandlers } from './routes/sources.ts';
import { tableLoadHandlers } from './routes/table-loads.ts';
import { tagLimitHandlers } from './routes/tag-limits.ts';
import { taskRunHandlers } from './routes/task-runs.ts';
import { waitReasonHandlers } from './routes/wait-reasons.ts';
import { workPoolHandlers } from './routes/work-pools.ts';
import { workerChannelHandlers } from './routes/worker-channel.ts';
import { workerHandlers } from './routes/workers.ts';
import { mountSockets } from './sockets/mount-sockets.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered without a key. */
    open?: boolean;
    /** Its key in the contract. */
    route?: string;
    /** Its body is repeated nowhere. */
    secret?: boolean;
    /** How long its answer takes says nothing. */
    untimed?: boolean;
    /** Answered by a stream that has no end. */
    stream?: boolean;
  }
  interface FastifyRequest {
    /** The run whose token was sent; null for a client that has a key, or needs none. */
    tokenOf: Writer | null;
  }
}

interface AppOptions {
  readonly deps: Deps;
  readonly credentials: Credentials;
  readonly logger: Logger;
  /** Folder of the dashboard's files; undefined serves the API alone. */
  readonly pages: string | undefined;
  readonly limits: ClientLimits;
  readonly times: RequestTimes;
}

const ANSWER_HEADERS = { ...HEADERS, ...API_HEADERS };

/** How often connections are looked at that are late with a request. */
const CHECK_MS = 2000;

/** After these the connection is closed: more of the same request may be on its way. */
const CLOSING: readonly ErrorCode[] = ['BODY_TOO_LARGE', 'TOO_MANY_REQUESTS'];

/** Fastify's own refusals in our words. */
function fromFastify(error: FastifyError): SluiceError | undefined {
  if (error.statusCode && error.statusCode < 500)
    return new SluiceError('INVALID_REQUEST', error.message, { cause: error, hint: 'GET /openapi.json says what each route takes.' });
  return undefined;
}

/** The HTTP side of the server: routes, authentication and errors around handlers. */
export async function createApp({ deps, credentials, logger, pages, limits, times }: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 2000 },
    forceCloseConnections: true,
    requestTimeout: limits.requestMs,
    http: { headersTimeout: limits.headersMs, connectionsCheckingInterval: Math.min(CHECK_MS, limits.headersMs) },
    clientErrorHandler,
    // A path that cannot be read names no route.
    frameworkErrors: (cause, request, reply) => {
      const { status, body } = toProblem(new SluiceError('ROUTE_NOT_FOUND', 'Not Found', { hint: cause.message, cause }), { id: request.id });
      void (reply as FastifyReply).code(status).headers(ANSWER_HEADERS).send(body);
    },
  });
  const count = limitClients(app, limits);
  const isOpenServer = deps.runAccess === undefined;
  const { runAccess } = deps;
  const doorkeeping: Doorkeeping = { credentials, runAccess, wrongKeys: createWrongKeys({ logger, clock: () => performance.now() }) };
  app.decorateRequest('tokenOf', null);

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(ANSWER_HEADERS);
    refuseForeignPages({ host: request.headers.host, origin: request.headers.origin }, isOpenServer);
    // By the route that was matched, never by how a path looks.
    const isApi = request.routeOptions.url?.startsWith('/api/') ?? true;
    if (!isApi) return;
    expectApiVersion(request.headers['x-prefect-api-version'] as string | undefined);
    if (request.routeOptions.config.open) return;
    const address = clientAddress(request.socket.remoteAddress);
    const { authorization: header } = request.headers;
    request.tokenOf = await authenticate({ header, address, route: request.routeOptions.config.route }, doorkeeping);
  });
  app.addHook('onResponse', async ({ routeOptions: { config } }, { elapsedTime }) => {
    if (config.route && !config.untimed) times.note(config.route, elapsedTime);
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const known = fromFastify(error) ?? toSluiceError(error);
    const problem = toProblem(known, { id: request.id, body: request.routeOptions.config.secret ? undefined : request.body });
    if (problem.status >= 500)
      logger.error({ request: request.id, method: request.method, url: request.url, error: known.cause ?? known }, 'request failed');
    if (CLOSING.includes(known.code)) reply.header('connection', 'close');
    return reply.code(problem.status).headers(problem.headers).send(problem.body);
  });
  app.setNotFoundHandler((request, reply) => {
    if (pages && isPage(request)) return sendPage(reply);
    const methods = allowedMethods(request.url.split('?')[0] as string);
    const error =
      methods.length > 0
        ? new SluiceError('METHOD_NOT_ALLOWED', 'Method Not Allowed', { hint: `Use ${methods.join(' or ')}.` })
        : new SluiceError('ROUTE_NOT_FOUND', 'Not Found', { hint: 'GET /openapi.json lists all routes.' });
    const problem = toProblem(error, { id: request.id });
    return reply.code(problem.status).send(problem.body);
  });

  const handlers: Handlers = {
    ...adminHandlers(deps),
    ...flowHandlers(deps),
    ...flowRunHandlers(deps),
    ...flowRunActHandlers(deps),
    ...flowRunReadHandlers(deps),
    ...flowRunInputHandlers(deps),
    ...taskRunHandlers(deps),
    ...deploymentHandlers(deps),
    ...bundleHandlers(deps),
    ...sourceHandlers({ ...deps, logger }),
    ...workPoolHandlers(deps),
    ...poolOverviewHandlers(deps),
    ...workerHandlers(deps),
    ...workerChannelHandlers(deps),
    ...concurrencyHandlers(deps),
    ...tagLimitHandlers(deps),
    ...boardHandlers(deps),
    ...overviewHandlers(deps),
    ...waitReasonHandlers(deps),
    ...logHandlers(deps),
    ...tableLoadHandlers(deps),
    ...dataHandlers(deps),
    ...allEventHandlers(deps),
  };
  mount(app, { routes, handlers }, { count, runAccess });
  mountSockets(app, { routes, handlers }, { doorkeeping, logger });

  let document: string | undefined;
  app.get('/openapi.json', async (_request, reply) => {
    document ??= JSON.stringify(openapi(routes, deps.version));
    return reply.header('content-type', 'application/json; charset=utf-8').send(document);
  });
  if (pages) await servePages(app, pages);
  return app;
}
