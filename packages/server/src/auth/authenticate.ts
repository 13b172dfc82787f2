import { createHash, timingSafeEqual } from 'node:crypto';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { WrongKeys } from './wrong-keys.ts';

export interface Credentials {
  /** Sent as `Authorization: Bearer <key>`, by Prefect's clients as PREFECT_API_KEY. */
  readonly apiKey: string | undefined;
  /** `user:password`, sent as basic authentication. */
  readonly authString: string | undefined;
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Equal in the same time whatever the texts are. */
const same = (a: string, b: string) => timingSafeEqual(digest(a), digest(b));

function presents(header: string, { apiKey, authString }: Credentials): boolean {
  const [, scheme = '', value = ''] = /^(\S+) (.*)$/.exec(header) ?? [];
  if (/^bearer$/i.test(scheme)) return apiKey !== undefined && same(value, apiKey);
  if (/^basic$/i.test(scheme)) return authString !== undefined && same(Buffer.from(value, 'base64').toString(), authString);
  return false;
}

const HINT = 'Set SLUICE_API_KEY (or PREFECT_API_KEY), or SLUICE_API_AUTH_STRING, to what the server was started with.';

/** Refuses a request without the key that this server asks for. A server without any asks nobody. */
export async function authenticate(
  { header, address }: { header: string | undefined; address: string },
  credentials: Credentials,
  wrongKeys: WrongKeys,
): Promise<void> {
  if (!credentials.apiKey && !credentials.authString) return;
  if (!header) throw new SluiceError('UNAUTHORIZED', 'The server asks for a key.', { hint: HINT });
  if (presents(header, credentials)) return;
  const retry_after = await wrongKeys.note(address, header);
  if (retry_after === 0) throw new SluiceError('UNAUTHORIZED', 'The server does not know this key.', { hint: HINT });
  throw new SluiceError('TOO_MANY_REQUESTS', `Too many wrong keys came from ${address}.`, { hint: HINT, details: { retry_after } });
}
