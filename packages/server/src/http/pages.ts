import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PAGE_HEADERS } from './answer-headers.ts';

/** Their names change with their contents. */
const ASSETS = '/assets/';
const FOR_EVER = 'public, max-age=31536000, immutable';

/** The dashboard's files, compressed ahead where they are. */
export async function servePages(app: FastifyInstance, root: string): Promise<void> {
  const setHeaders = (reply: FastifyReply, path: string) =>
    void reply.headers({ ...PAGE_HEADERS, 'cache-control': path.replaceAll('\\', '/').includes(ASSETS) ? FOR_EVER : 'no-cache' });
  await app.register(fastifyStatic, { root, cacheControl: false, preCompressed: true, setHeaders });
}

/** An address of the dashboard that somebody has kept or sent: the page finds out itself what it shows. */
export function isPage({ method, url, headers }: FastifyRequest): boolean {
  const path = url.split('?')[0] ?? '';
  const asksForPage = (method === 'GET' || method === 'HEAD') && (headers.accept ?? '').includes('text/html');
  return asksForPage && !path.startsWith('/api/') && !path.startsWith(ASSETS);
}

/** Not returned: who awaits a reply that is a file hangs listeners on it for each header that is set. */
export const sendPage = (reply: FastifyReply): void => void reply.code(200).sendFile('index.html');
