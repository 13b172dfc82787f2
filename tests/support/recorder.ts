import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LEASE_HEADER } from '@sluice/core/api/lease-header';
import { SLUICE_HEADER } from '@sluice/core/api/sluice-header';

/** Stands between a client and a server, passes everything on, and keeps what was asked. */
export interface Recorder extends AsyncDisposable {
  /** The server's URL as it is seen through here. */
  readonly url: string;
  /** Method and path of each request: `GET /api/health`. */
  readonly asked: readonly string[];
  /** Bodies of the requests to paths that end so. */
  bodies(path: string): unknown[];
}

/** Routes of ours that clients ask for. */
const OURS = /^(POST .*\/(wait|progress|beat|claim|step)|GET .*\/(wait_reason|events\/stream|admin\/status))\b/;

/** `asPrefect`: seen through here the server is as one of Prefect's, without the routes that are ours, and without a word of them. */
export async function startRecorder(target: string, { asPrefect = false } = {}): Promise<Recorder> {
  const { port, hostname, pathname } = new URL(target);
  const asked: string[] = [];
  const seen: { path: string; body: string }[] = [];
  const server = createServer((incoming, answer) => {
    let body = '';
    const { method, headers, url: path = '' } = incoming;
    const name = `${method} ${path}`;
    asked.push(name);
    if (asPrefect && OURS.test(name)) return void answer.writeHead(404, { 'content-type': 'application/json' }).end('{"detail":"Not Found"}');
    if (asPrefect) delete headers[LEASE_HEADER];
    const onward = request({ hostname, port, method, headers, path, agent: false }, (response) => {
      if (asPrefect) delete response.headers[SLUICE_HEADER];
      answer.writeHead(response.statusCode ?? 500, response.headers);
      response.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    answer.on('close', () => onward.destroy());
    incoming.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    incoming.on('end', () => {
      seen.push({ path, body });
      onward.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`,
    asked,
    bodies: (path) => seen.filter((each) => each.path.endsWith(path)).map((each) => JSON.parse(each.body)),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
