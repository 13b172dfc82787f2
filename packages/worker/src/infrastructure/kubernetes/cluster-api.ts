import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';

/*
 * Kubernetes' API by its official client, which knows where the cluster is, who the worker is there, and TLS. Bodies are sent as they are:
 * the client's models would leave out what they do not know, and nobody would be told of a word that was misspelled.
 */

type Library = typeof import('@kubernetes/client-node');

/** What the API server says of a request that it refuses. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface ApiRequest {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: unknown;
}

export interface ClusterApi {
  /** Where the worker itself is. */
  readonly namespace: string;
  request<T>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, request?: ApiRequest): Promise<T>;
  /** Tells what happens until the server, or the signal, ends it. */
  watch(path: string, query: Readonly<Record<string, string>>, onEvent: (event: WatchEvent) => void, signal: AbortSignal): Promise<void>;
}

/** An API server that does not answer by then is asked anew. */
const ANSWER_MS = 30_000;

const missing = (cause: unknown) =>
  new SluiceError('USAGE', 'A work pool of type kubernetes needs the package @kubernetes/client-node beside the worker.', {
    hint: 'Install it: npm install @kubernetes/client-node@2.0.1',
    cause,
  });

async function loadLibrary(): Promise<Library> {
  try {
    return await import('@kubernetes/client-node');
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND' ? missing(error) : error;
  }
}

/** The cluster that kubectl would use: of KUBECONFIG, of the user's file, or the one that the worker runs in. */
export async function openCluster(): Promise<ClusterApi> {
  const library = await loadLibrary();
  const config = new library.KubeConfig();
  config.loadFromDefault();
  const cluster = config.getCurrentCluster();
  // What the client takes when it finds none.
  if (!cluster || cluster.server === 'http://localhost:8080')
    throw new SluiceError('USAGE', 'The worker finds no Kubernetes cluster.', {
      hint: 'Set KUBECONFIG to a file that names one, or run the worker in a pod with a service account.',
    });
  const http = new library.IsomorphicFetchHttpLibrary();
  return {
    namespace: config.getContextObject(config.getCurrentContext())?.namespace ?? 'default',
    request: async (method, path, { query = {}, body, contentType = 'application/json' } = {}) => {
      const context = new library.RequestContext(`${cluster.server}${path}?${new URLSearchParams(query)}`, method);
      if (body !== undefined) {
        context.setHeaderParam('Content-Type', contentType);
        context.setBody(JSON.stringify(body));
      }
      context.setSignal(AbortSignal.timeout(ANSWER_MS));
      await config.applySecurityAuthentication(context);
      try {
        const answer = await http.send(context).toPromise();
        const text = await answer.body.text();
        if (answer.httpStatusCode >= 300) throw refusalOf(answer.httpStatusCode, text);
        return (answer.headers['content-type']?.includes('json') ? JSON.parse(text) : text) as never;
      } finally {
        void context
          .getDispatcher()
          ?.close()
          .catch(() => {});
      }
    },
    watch: (path, query, onEvent, signal) => watch(new library.Watch(config), { path, query, onEvent, signal }),
  };
}

interface Watching {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly onEvent: (event: WatchEvent) => void;
  readonly signal: AbortSignal;
}

async function watch(watcher: import('@kubernetes/client-node').Watch, { path, query, onEvent, signal }: Watching): Promise<void> {
  const over = Promise.withResolvers<void>();
  const done = (error: unknown) => (error && !signal.aborted ? over.reject(error) : over.resolve());
  const controller = await watcher.watch(path, query, (type, object) => onEvent({ type: type as WatchEvent['type'], object }), done);
  const stop = () => controller.abort();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    await over.promise;
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

/** Kubernetes answers with a Status that has a sentence; a proxy before it may not. */
function refusalOf(status: number, text: string): Refusal {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === 'string' && message) return new Refusal(status, message);
  } catch {
    // Something else.
  }
  return new Refusal(status, `status ${status}: ${text.slice(0, 200)}`);
}

export const isStatus = (error: unknown, status: number): boolean => error instanceof Refusal && error.status === status;

/** A sentence of an error, with what made it: "fetch failed" alone tells nothing. */
export function sentenceOf(error: unknown): string {
  const cause = error instanceof Error && error.cause ? messageOf(error.cause) : '';
  return [messageOf(error), cause].filter(Boolean).join(': ');
}
