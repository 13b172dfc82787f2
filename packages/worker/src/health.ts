import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SluiceError } from '@sluice/core/errors/sluice-error';

export interface HealthAddress {
  readonly host: string;
  /** 0: one that is free. */
  readonly port: number;
}

export interface Health {
  /** Where it answers. */
  readonly url: string;
  close(): void;
}

const PATH = '/health';

/** Answers `GET /health`: 200 while the worker is in touch with its server, else 503. It holds no process up. */
export async function serveHealth({ host, port }: HealthAddress, isInTouch: () => boolean): Promise<Health> {
  const server = createServer(({ method, url }, response) => {
    const isAsked = (method === 'GET' || method === 'HEAD') && url?.split('?')[0] === PATH;
    const [status, message] = !isAsked ? ([404, `Only GET ${PATH} is here`] as const) : isInTouch() ? ([200, 'OK'] as const) : OUT_OF_TOUCH;
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify({ message }));
  });
  server.listen(port, host).unref();
  await once(server, 'listening').catch((cause: unknown) => {
    throw refusal(cause, host, port);
  });
  const { port: taken } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${name}:${taken}${PATH}`, close: () => void server.close() };
}

const OUT_OF_TOUCH = [503, 'The worker has not reached its server lately'] as const;

function refusal(cause: unknown, host: string, port: number): SluiceError {
  if ((cause as NodeJS.ErrnoException).code === 'EADDRINUSE') {
    return new SluiceError('PORT_IN_USE', `Port ${port} of ${host}, where the worker is to say how it is, is in use by another program.`, {
      hint: 'Choose another with SLUICE_WORKER_WEBSERVER_PORT, or stop that program.',
      cause,
    });
  }
  return new SluiceError('INVALID_SETTING', `The worker cannot listen on port ${port} of ${host}, to say how it is.`, {
    hint: 'Set SLUICE_WORKER_WEBSERVER_HOST to an address of this machine, and SLUICE_WORKER_WEBSERVER_PORT to a port above 1023.',
    cause,
  });
}
