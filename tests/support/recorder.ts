import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands between a client and a server, passes everything on, and keeps the bodies of the requests. */
export interface Recorder extends AsyncDisposable {
  /** The server's URL as it is seen through here. */
  readonly url: string;
  /** Bodies of the requests to paths that end so. */
  bodies(path: string): unknown[];
}

export async function startRecorder(target: string): Promise<Recorder> {
  const { port, hostname, pathname } = new URL(target);
  const seen: { path: string; body: string }[] = [];
  const server = createServer((incoming, answer) => {
    let body = '';
    const { method, headers, url: path = '' } = incoming;
    const onward = request({ hostname, port, method, headers, path, agent: false }, (response) => {
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
    bodies: (path) => seen.filter((each) => each.path.endsWith(path)).map((each) => JSON.parse(each.body)),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
