import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Settings } from '@sluice/core/settings/settings';
import type { FastifyInstance } from 'fastify';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1']);
const ANY = new Set(['0.0.0.0', '::', 'localhost']);
const PORTS_TRIED = 100;
/** Shorter ones are found by trying. */
const MIN_SECRET = 16;

/** An IPv6 address stands in brackets in a URL. */
const bracketed = (host: string) => (host.includes(':') ? `[${host}]` : host);

/** Where clients on this machine find a server that listens there. */
export const apiUrl = (host: string, port: number): string => `http://${ANY.has(host) ? '127.0.0.1' : bracketed(host)}:${port}/api`;

/** Without a key that nobody guesses, everybody who can reach the server can run code on its workers. */
export function refuseOpenHost({ host, api_key, auth_string, allow_open }: Settings): void {
  if (LOOPBACK.has(host) || allow_open) return;
  if (!api_key && !auth_string) {
    throw new SluiceError('UNSAFE_HOST', `The server would listen on ${host} without asking for a key.`, {
      hint: 'Set SLUICE_API_KEY, or give --allow-open if everybody who can reach this machine may run code on it.',
    });
  }
  const password = auth_string?.slice(auth_string.indexOf(':') + 1);
  const [name, short] = [['SLUICE_API_KEY', api_key] as const, ['the password in SLUICE_API_AUTH_STRING', password] as const].find(
    ([, secret]) => secret && secret.length < MIN_SECRET,
  ) ?? [undefined, undefined];
  if (!short) return;
  throw new SluiceError(
    'UNSAFE_HOST',
    `The server would listen on ${host}, and ${name} is shorter than ${MIN_SECRET} characters: it can be guessed.`,
    {
      hint: 'Make a longer one, for example with: openssl rand -hex 24',
    },
  );
}

/** Listens on the port of the settings, or on the next one that is free. */
export async function listen(app: FastifyInstance, { host, port }: Settings, nextFreePort: boolean): Promise<void> {
  for (let candidate = port; ; candidate++) {
    try {
      await app.listen({ host, port: candidate });
      return;
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === 'EADDRINUSE' && nextFreePort && candidate < port + PORTS_TRIED) continue;
      throw refusal(code, host, port, cause);
    }
  }
}

function refusal(code: string | undefined, host: string, port: number, cause: unknown): unknown {
  if (code === 'EADDRINUSE') {
    return new SluiceError('PORT_IN_USE', `Port ${port} of ${host} is in use by another program.`, {
      hint: 'Choose another with --port, or stop that program.',
      cause,
    });
  }
  if (code === 'EACCES') {
    return new SluiceError('INVALID_SETTING', `This user may not listen on port ${port} of ${host}.`, {
      hint: 'Choose a port above 1023 with --port.',
      cause,
    });
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new SluiceError('INVALID_SETTING', `This machine has no address ${host} to listen on.`, {
      hint: 'Give one of its addresses with --host: 127.0.0.1 for this machine alone, 0.0.0.0 for all.',
      cause,
    });
  }
  return cause;
}
