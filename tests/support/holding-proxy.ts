import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HoldingProxy extends AsyncDisposable {
  readonly url: string;
  /** Paths that were asked for, in order. */
  readonly asked: string[];
  /** Requests whose path fits are held from now on; resolves when the first one has come. */
  hold(path: RegExp): Promise<void>;
  /** Answers that fit are changed on their way, or come later. */
  change(path: RegExp, to: (body: string) => string | Promise<string>): void;
}

/** Stands before a server, and lets a test stop a request at a moment of its choice. */
export async function startHoldingProxy(target: string): Promise<HoldingProxy> {
  const asked: string[] = [];
  let held: { readonly path: RegExp; readonly came: () => void } | undefined;
  let changed: { readonly path: RegExp; readonly to: (body: string) => string | Promise<string> } | undefined;
  const { hostname, port, pathname } = new URL(target);

  function pass(from: IncomingMessage, to: ServerResponse): void {
    const onward = request({ hostname, port, method: from.method, path: from.url, headers: from.headers }, (answer) => {
      const { path, to: change } = changed ?? {};
      if (!change || !path?.test(from.url ?? '')) {
        to.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(to);
        return;
      }
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.on('end', async () => {
        const body = await change(Buffer.concat(pieces).toString());
        to.writeHead(answer.statusCode ?? 500, { ...answer.headers, 'content-length': Buffer.byteLength(body) }).end(body);
      });
    });
    onward.on('error', () => to.destroy());
    to.on('close', () => onward.destroy());
    from.pipe(onward);
  }

  const server = createServer((from, to) => {
    asked.push(from.url ?? '');
    if (held?.path.test(from.url ?? '')) held.came();
    else pass(from, to);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`,
    asked,
    hold: (path) => new Promise((came) => (held = { path, came })),
    change: (path, to) => (changed = { path, to }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
