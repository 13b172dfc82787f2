import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** Answers otherwise than a good server does; false leaves the answer to that. */
type Trick = (request: IncomingMessage, response: ServerResponse, content: Buffer) => boolean | undefined;

export interface FileServer extends AsyncDisposable {
  readonly url: string;
  readonly files: Map<string, string | Buffer>;
  /** What was asked for, in order: method and path, and what of the file. */
  readonly asked: { readonly path: string; readonly headers: IncomingMessage['headers'] }[];
  trick: Trick | undefined;
  /** Whether it tells by which a file is known again. */
  hasEtags: boolean;
}

const etagOf = (content: Buffer): string => `"${createHash('md5').update(content).digest('hex')}"`;

/** A web server with files, on loopback: it knows etags and ranges. */
export async function startFileServer(): Promise<FileServer> {
  const files: FileServer['files'] = new Map();
  const asked: FileServer['asked'] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://server');
    const path = decodeURIComponent(pathname.slice(1));
    asked.push({ path: decodeURIComponent(request.url ?? '').slice(1), headers: request.headers });
    const content = Buffer.from(files.get(path) ?? '');
    if (own.trick?.(request, response, content)) return;
    if (!files.has(path)) return void response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
    sendFile(request, response, content, own);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const own: FileServer = {
    ...{ url: `http://127.0.0.1:${port}/`, files, asked, trick: undefined, hasEtags: true },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return own;
}

/** As a good server does; but for an answer of `most` bytes, which is cut there. */
export function sendFile(
  { headers }: IncomingMessage,
  response: ServerResponse,
  content: Buffer,
  { hasEtags = true, most = Number.POSITIVE_INFINITY }: { readonly hasEtags?: boolean; readonly most?: number } = {},
): void {
  const etag = etagOf(content);
  if (hasEtags) response.setHeader('etag', etag);
  if (headers['if-none-match'] === etag) return void response.writeHead(304).end();
  const start = headers['if-range'] === etag ? Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0) : 0;
  const part = content.subarray(start);
  if (start > 0) response.setHeader('content-range', `bytes ${start}-${content.length - 1}/${content.length}`);
  response.writeHead(start > 0 ? 206 : 200, { 'content-length': part.length });
  if (part.length > most) response.write(part.subarray(0, most), () => response.destroy());
  else response.end(part);
}
