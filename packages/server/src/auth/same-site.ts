import { SluiceError } from '@sluice/core/errors/sluice-error';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/**
 * A web page in the user's browser is not a client: it may neither send requests from another origin, nor reach a server without a
 * key under a name of its own that points to this machine (DNS rebinding).
 */
export function refuseForeignPages({ host, origin }: { host: string | undefined; origin: string | undefined }, open: boolean): void {
  if (open && host && !LOOPBACK.test(host)) {
    throw new SluiceError('UNAUTHORIZED', `A server without a key answers only under the name of this machine, not as "${host}".`, {
      hint: 'Use http://127.0.0.1, or start the server with SLUICE_API_KEY.',
    });
  }
  if (origin && origin !== 'null' && URL.canParse(origin) && new URL(origin).host === host) return;
  if (origin)
    throw new SluiceError('UNAUTHORIZED', 'Pages of another origin may not use this server.', {
      hint: 'Open the page at the address of the server itself.',
    });
}
